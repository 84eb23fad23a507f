"""The contract of the hardware ports, on the rig: in this process, and as a process of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import queue
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from contextlib import suppress

import cv2
import numpy as np
import pytest

from adapters.vision.pictures import decode
from application.ports.hardware import (
    Button,
    ButtonPressed,
    CameraFailed,
    Fault,
    ItemPresence,
    MotionFailed,
    PartUnreachable,
)
from application.ports.screen import ScreenName, View
from domain.deposits.bodies import Counters
from simulators.rig.line import Refusal
from simulators.rig.link import RigLink
from simulators.rig.person import Person
from simulators.rig.server import RigServer

MOTION_S = 0.2
DEADLINE_S = 20.0


def picture(shade, suffix=".jpg"):
    pixels = np.full((120, 90, 3), 220, np.uint8)
    cv2.circle(pixels, (45, 60), 25, (shade, 80, 30), -1)
    return cv2.imencode(suffix, pixels)[1].tobytes()


BOTTLE, CAN = picture(10), picture(200)


def until(true):
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class InProcess:
    def __init__(self, path, port=0):
        ready = queue.Queue()
        self._stopped = asyncio.Event()

        def live():
            self._loop = asyncio.new_event_loop()
            server = RigServer(path, motion_seconds=MOTION_S)
            self._loop.run_until_complete(server.serve(port, ready.put, self._stopped))
            self._loop.close()

        self._thread = threading.Thread(target=live)
        self._thread.start()
        self.port = ready.get(timeout=DEADLINE_S)

    def stop(self):
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(DEADLINE_S)


class OwnProcess:
    def __init__(self, path):
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "entrypoints.machine.rig"),
                *("--file", str(path), "--port", "0", "--motion-seconds", str(MOTION_S)),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = json.loads(self._process.stdout.readline())["rig"]

    def stop(self):
        self._process.terminate()
        assert self._process.wait(DEADLINE_S) == 0
        self._process.stdout.close()


@pytest.fixture
def start(request, tmp_path):
    kind = getattr(request, "param", InProcess)
    started = []

    def one():
        started.append(kind(tmp_path / "rig.json"))
        return started[-1]

    yield one
    for rig in started:
        if not getattr(rig, "gone", False):
            rig.stop()


both = pytest.mark.parametrize("start", [InProcess, OwnProcess], indirect=True)


class Body:
    """Agent's and person's ends of one rig, and what the agent was told."""

    link = RigLink

    def __init__(self, port):
        self.address = ("127.0.0.1", port)
        self.machine = self.link(self.address, decode)
        self.person = Person(self.address)
        self.notices = queue.Queue()
        self.machine.listen(self.notices.put)
        self.machine.counters()  # answered: from here on the agent hears

    def heard(self, wanted):
        """Wait for a notice; what came before it is passed over."""
        while True:
            notice = self.notices.get(timeout=DEADLINE_S)
            if notice == wanted:
                return

    def where(self):
        return {item["tag"]: item["where"] for item in self.person.state()["items"]}

    def close(self):
        self.machine.close()
        self.person.close()


@pytest.fixture
def body(start):
    ends = Body(start().port)
    yield ends
    ends.close()


@both
def test_presence_is_told_at_the_start_and_whenever_it_changes(body):
    body.heard(ItemPresence(present=False))
    assert body.machine.present() is False
    body.person.insert(BOTTLE, "bottle")
    body.heard(ItemPresence(present=True))
    assert body.machine.present() is True
    body.person.take()
    body.heard(ItemPresence(present=False))


def test_taking_in_moves_the_item_and_counts_it(body):
    body.person.insert(BOTTLE, "bottle")
    before = body.machine.counters()
    body.machine.take_in()
    assert body.machine.counters() == Counters(before.passed_in + 1, before.passed_out)
    assert body.where() == {"bottle": "bin"}
    assert body.machine.present() is False


def test_giving_back_moves_the_item_out_where_it_lies_until_it_is_taken(body):
    body.person.insert(BOTTLE, "bottle")
    body.machine.give_back()
    assert body.machine.counters() == Counters(0, 1)
    assert body.machine.present() is True
    assert body.where() == {"bottle": "opening"}
    body.person.take()
    assert body.where() == {"bottle": "taken"}
    body.heard(ItemPresence(present=False))


def test_moving_nothing_fails(body):
    with pytest.raises(MotionFailed, match="nothing"):
        body.machine.take_in()
    assert body.machine.counters() == Counters(0, 0)


def begun(body, command):
    """Have a motion begun, and return what will be its answer. Commands of one line are carried out in order."""
    answer = Future()
    body.machine._line._send(command, {}, answer)
    return answer


def test_one_thing_moves_at_a_time(body):
    body.person.insert(BOTTLE, "bottle")
    body.person.insert(CAN, "can")
    first = begun(body, "take_in")
    with pytest.raises(MotionFailed, match="MotorBusy"):
        body.machine.give_back()
    with pytest.raises(Refusal, match="FlapClosed"):
        body.person.insert(picture(90), "third")
    assert "ok" in first.result(DEADLINE_S)
    assert body.where() == {"bottle": "bin", "can": "intake"}


def test_a_halted_item_stays_and_the_motion_is_told_to_have_failed(body):
    body.person.insert(BOTTLE, "bottle")
    motion = begun(body, "take_in")
    body.machine.halt()
    assert motion.result(DEADLINE_S)["error"] == "Halted"
    assert body.where() == {"bottle": "intake"}
    assert body.machine.counters() == Counters(0, 0)


def test_a_stalled_motor_and_a_mended_one(body):
    body.person.insert(BOTTLE, "bottle")
    body.person.damage("motor")
    body.heard(Fault("motor", present=True))
    with pytest.raises(MotionFailed, match="MotorStalled"):
        body.machine.take_in()
    body.person.mend("motor")
    body.heard(Fault("motor", present=False))
    body.machine.take_in()
    assert body.where() == {"bottle": "bin"}


def test_a_blind_sensor_counts_nothing_and_the_motion_is_told_to_have_failed(body):
    body.person.insert(BOTTLE, "bottle")
    body.person.damage("in-sensor")
    with pytest.raises(MotionFailed, match="sensor"):
        body.machine.take_in()
    assert body.machine.counters() == Counters(0, 0)
    assert body.where() == {"bottle": "bin"}


def test_the_camera_shows_the_pictures_own_bytes(body):
    body.person.insert(BOTTLE, "bottle")
    frame = body.machine.capture()
    assert frame.sha256 == hashlib.sha256(BOTTLE).hexdigest()
    assert (frame.width, frame.height) == (90, 120)
    assert body.machine.capture().sha256 == frame.sha256


def test_the_camera_sees_ground_item_and_two_items_apart(body):
    ground = body.machine.capture()
    body.person.insert(BOTTLE, "bottle")
    one = body.machine.capture()
    body.person.insert(CAN, "can")
    two = body.machine.capture()
    assert len({ground.sha256, one.sha256, two.sha256}) == 3
    body.person.take()
    assert body.machine.capture().sha256 == one.sha256


def test_an_unplugged_camera_fails(body):
    body.person.damage("camera")
    with pytest.raises(CameraFailed):
        body.machine.capture()
    body.person.mend("camera")
    assert body.machine.capture().width == 640


def test_a_picture_that_is_none_is_a_failed_capture(body):
    body.person.insert(b"this is no picture", "odd")
    with pytest.raises(CameraFailed):
        body.machine.capture()


def test_buttons_are_told(body):
    body.person.press("guest")
    body.heard(ButtonPressed(Button.GUEST))
    body.person.press("done")
    body.heard(ButtonPressed(Button.DONE))
    with pytest.raises(Refusal, match="MalformedCommand"):
        body.person.press("jackpot")


def test_each_press_is_told_once_and_in_order(body):
    wanted = [ButtonPressed(Button(name)) for name in ("guest", "done", "done", "guest")]
    for pressed in wanted:
        body.person.press(pressed.button.value)
    told = []
    while len(told) < len(wanted):
        notice = body.notices.get(timeout=DEADLINE_S)
        told += [notice] if isinstance(notice, ButtonPressed) else []
    assert told == wanted


def test_the_last_view_stays_on_the_screen(body):
    body.machine.show(View(ScreenName.STARTING))
    body.machine.show(View(ScreenName.WELCOME))
    body.machine.halt()  # commands are carried out in order, so the views are shown by now
    state = body.person.state()
    assert state["view"]["screen"] == "welcome"
    assert state["views"] == 2


@pytest.mark.parametrize(
    ("side", "command", "error"),
    [
        ("person", "take_in", "UnknownCommand"),
        ("agent", "insert", "UnknownCommand"),
        ("person", "explode", "UnknownCommand"),
        ("person", "insert", "MalformedCommand"),
        ("person", "take", "NothingToTake"),
    ],
)
def test_what_hardware_cannot_do_is_refused_by_name(body, side, command, error):
    line = body.person._line if side == "person" else body.machine._line
    with pytest.raises(Refusal) as refusal:
        line.ask(command)
    assert refusal.value.name == error


def test_what_does_not_fit_is_refused_by_name(body):
    body.person.insert(BOTTLE, "bottle")
    with pytest.raises(Refusal, match="DuplicateTag"):
        body.person.insert(BOTTLE, "bottle")
    body.person.insert(CAN, "can")
    with pytest.raises(Refusal, match="IntakeFull"):
        body.person.insert(CAN, "another can")


@both
def test_a_motion_goes_on_when_its_agent_dies_and_the_next_agent_is_told_how_things_are(body):
    body.person.insert(BOTTLE, "bottle")
    body.machine._line.tell("take_in")
    body.machine.close()
    until(lambda: body.where()["bottle"] == "bin" and body.person.state()["motor"] == "still")
    body.person.insert(CAN, "can")

    again = RigLink(body.address, decode)
    told = queue.Queue()
    again.listen(told.put)
    assert again.counters() == Counters(1, 0)
    while told.get(timeout=DEADLINE_S) != ItemPresence(present=True):
        pass
    again.close()


@both
def test_counters_items_and_what_lies_in_the_intake_outlive_the_rig(start):
    rig = start()
    body = Body(rig.port)
    body.person.insert(BOTTLE, "bottle")
    body.machine.take_in()
    body.person.insert(CAN, "can")
    body.close()
    rig.stop()
    rig.gone = True

    body = Body(start().port)
    assert body.machine.counters() == Counters(1, 0)
    assert body.where() == {"bottle": "bin", "can": "intake"}
    assert body.machine.capture().sha256 == hashlib.sha256(CAN).hexdigest()
    body.close()


def test_both_sides_find_a_rig_that_comes_back(tmp_path):
    first = InProcess(tmp_path / "rig.json")
    body = Body(first.port)
    body.person.insert(BOTTLE, "bottle")
    body.machine.take_in()
    first.stop()
    second = InProcess(tmp_path / "rig.json", first.port)

    def counts():
        # A question on the way as the line goes down is lost with it.
        with suppress(PartUnreachable):
            return body.machine.counters() == Counters(1, 0)
        return False

    until(counts)
    body.person.insert(CAN, "can")
    body.heard(ItemPresence(present=True))
    body.close()
    second.stop()


def test_a_rig_that_is_gone_is_unreachable():
    link = RigLink(("127.0.0.1", 9), decode, reach_s=0.2)
    with pytest.raises(PartUnreachable):
        link.counters()
    with pytest.raises(CameraFailed):
        link.capture()
    with pytest.raises(PartUnreachable):
        link.show(View(ScreenName.WELCOME))
    link.close()


# ------------------------------------------------------------------ broken links


class LosesNotices(RigLink):
    """Does not tell that something lies there."""

    def _noticed(self, message):
        if not message.get("present"):
            super()._noticed(message)


class DoublesNotices(RigLink):
    """Tells everything twice."""

    def _noticed(self, message):
        super()._noticed(message)
        super()._noticed(message)


class MixesUpButtons(RigLink):
    """Tells of the other button."""

    def _noticed(self, message):
        other = {"guest": "done", "done": "guest"}
        super()._noticed({**message, "button": other.get(message.get("button"))} if "button" in message else message)


class LosesViews(RigLink):
    """Shows only what it is given first."""

    shown = False

    def show(self, view):
        if not self.shown:
            self.shown = True
            super().show(view)


class DoublesViews(RigLink):
    """Shows each view twice."""

    def show(self, view):
        super().show(view)
        super().show(view)


class LagsBehind(RigLink):
    """Shows the view before the one that it is given."""

    before = View(ScreenName.STARTING)

    def show(self, view):
        super().show(self.before)
        self.before = view


BROKEN = {"NoticeSource": (LosesNotices, DoublesNotices, MixesUpButtons),
          "Screen": (LosesViews, DoublesViews, LagsBehind)}  # fmt: skip
CASES = {
    "NoticeSource": (
        test_presence_is_told_at_the_start_and_whenever_it_changes, test_buttons_are_told,
        test_each_press_is_told_once_and_in_order,
    ),
    "Screen": (test_the_last_view_stays_on_the_screen,),
}  # fmt: skip
"""Those of the whole rig's contract that are about notices, and about the screen."""


@pytest.mark.parametrize(("port", "kind"), [(port, kind) for port, kinds in BROKEN.items() for kind in kinds])
def test_a_broken_link_is_found_out(port, kind, start, monkeypatch, told):
    address, caught = start().port, []
    monkeypatch.setattr(Body, "link", kind)
    monkeypatch.setitem(globals(), "DEADLINE_S", 1.0)  # what it loses never comes
    for case in CASES[port]:
        body = Body(address)
        try:
            case(body)
        except (AssertionError, queue.Empty):
            caught.append(case.__name__)
        finally:
            body.close()
    told(port, kind.__name__, len(CASES[port]), len(caught))
    assert caught, "it broke its promise and passed"
