"""A person before a simulated machine in real time: hands move things, and wires, line and camera tell of it."""

import io
import time

import cv2
import numpy as np
import pytest
import segno
from gpiozero import DigitalInputDevice, DigitalOutputDevice

from adapters.codes.zxing import ZxingCodeReader
from adapters.serial_link.line import SerialLine
from adapters.serial_link.messages import AskCounters, AskMotion, Direction, MotionState, Run, Until
from adapters.vision.pictures import decode
from application.ports.hardware import CameraFailed, PartUnreachable
from domain.deposits.bodies import Counters
from simulators.bench.person import DuplicateTag, NoSuchThing, NothingToTake, Person
from simulators.bench.stage import Stage, StageCamera

NUMBERS = {"item_sensor.pin": 18, "door.pin": 27, "door.contact": 22, "diverter.pin": 5, "led.pin": 10}
DEADLINE_S = 20.0


def picture(shade):
    pixels = np.full((120, 90, 3), 220, np.uint8)
    cv2.circle(pixels, (45, 60), 25, (shade, 80, 30), -1)
    return cv2.imencode(".jpg", pixels)[1].tobytes()


BOTTLE, CAN = picture(10), picture(200)


def until(true):
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def stage(tmp_path):
    low = frozenset({"item_sensor.pin"})
    with Stage(3, NUMBERS, low=low, bins=("bottles", "cans"), serial=tmp_path / "esp32", speed=4) as made:
        yield made


@pytest.fixture
def person(stage):
    return Person(stage)


@pytest.fixture
def line(stage):
    made = SerialLine(str(stage.plug.path))
    yield made
    made.close()


def test_an_item_pulls_its_wire_down_until_it_is_taken(stage, person):
    sensor = DigitalInputDevice(18, pull_up=True, pin_factory=stage.wires.factory)
    until(lambda: not sensor.is_active)
    tag = person.put(BOTTLE)
    until(lambda: sensor.is_active)
    with pytest.raises(DuplicateTag):
        person.put(CAN, tag)
    assert person.take() == tag
    until(lambda: not sensor.is_active)
    with pytest.raises(NothingToTake):
        person.take()
    person.reach_in()
    until(lambda: sensor.is_active)
    person.draw_back()
    until(lambda: not sensor.is_active)


def test_the_motor_moves_what_was_put_in(stage, person, line):
    person.put(BOTTLE, "bottle")
    line.ask(Run(Direction.IN, 80, 4_000, Until.PASSED_IN))
    until(lambda: line.ask(AskMotion()).state is not MotionState.RUNNING)
    assert line.ask(AskCounters()) == Counters(1, 0)
    (item,) = person.state()["items"]
    assert (item["lies"], item["bin"]) == ("bin", "bottles")


def test_a_microcontroller_is_unplugged_and_put_back(person, line):
    line.ask(AskCounters())
    person.plant("microcontroller unplugged")
    with pytest.raises(PartUnreachable):
        line.ask(AskCounters())
    person.mend("microcontroller unplugged")
    assert line.ask(AskCounters()) == Counters(0, 0)
    assert line.welcome.cause == 0


def test_a_noisy_line_is_slower_and_says_the_same(person, line):
    person.plant("line noisy")
    assert {line.ask(AskCounters()) for _ in range(60)} == {Counters(0, 0)}
    assert line.noise > (0, 0)


def test_the_door_opens_while_the_bolt_is_drawn(stage, person):
    bolt = DigitalOutputDevice(27, pin_factory=stage.wires.factory)
    contact = DigitalInputDevice(22, pull_up=True, pin_factory=stage.wires.factory)
    assert not person.open_door()
    bolt.on()
    assert person.open_door()
    until(lambda: not contact.is_active)
    person.shut_door()
    until(lambda: contact.is_active)


def test_the_camera_sees_ground_item_code_and_nothing_at_all(stage, person):
    camera = StageCamera(stage, decode)
    ground = camera.capture()
    person.put(BOTTLE)
    bottle = camera.capture()
    person.put(CAN)
    assert len({ground.sha256, bottle.sha256, camera.capture().sha256}) == 3
    file = io.BytesIO()
    segno.make("MYRVM", error="m", micro=False).save(file, kind="png", scale=6, border=4)
    person.show_code(file.getvalue())
    assert ZxingCodeReader().read(camera.capture()) == ("MYRVM",)
    person.hide_code()
    person.plant("camera frozen")
    before = camera.capture()
    person.take()
    assert camera.capture().sha256 == before.sha256
    person.plant("camera unplugged")
    with pytest.raises(CameraFailed):
        camera.capture()
    person.mend("camera unplugged")
    assert camera.capture().sha256 == bottle.sha256


def test_bins_fill_and_are_emptied(person):
    person.fill(900, "cans")
    assert [one["permille"] for one in person.state()["bins"]] == [0, 900]
    person.empty("cans")
    assert [one["permille"] for one in person.state()["bins"]] == [0, 0]
    with pytest.raises(NoSuchThing, match="paper"):
        person.fill(1, "paper")


def test_every_fault_can_be_planted_and_mended(stage, person):
    before = person.state()
    for fault in person.faults:
        person.plant(fault)
        person.mend(fault)
    after = person.state()
    assert {**after, "motor": 0} == {**before, "motor": 0}
    with pytest.raises(NoSuchThing, match="gremlins"):
        person.plant("gremlins")
