"""A whole visit on simulated hardware by the adapters that ship: pins, line and camera, on every map."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest

from adapters.hardware_map.read import DEFAULT, HEADER, BadHardwareMap, map_of
from application.machine.light_up import SAID, LightUp
from application.ports.hardware import (
    BinLevel,
    Button,
    ButtonPressed,
    Chute,
    ClimateSensor,
    Compactor,
    Diverter,
    Door,
    Light,
    MotionTeller,
    PartUnreachable,
    Signal,
)
from application.ports.screen import ScreenName, View
from domain.deposits.bodies import Counters, Ending, Outcome
from domain.deposits.intake.state import HealthState, VisitState
from entrypoints.machine.absent import Absent
from entrypoints.machine.agent import Agent
from entrypoints.machine.firmware import shipped
from entrypoints.machine.hardware import open_hardware, real, simulated
from entrypoints.settings import MachineSettings
from tests.contracts.test_body import TWO_BINS
from tests.machine.kit import PATIENCE_S, Told, code_png, picture, until

SPEED = 3
SOMEBODY = "0190d3e2-0000-7000-8000-000000000001"
NOBODY = "http://127.0.0.1:9"
MAPS = {"esp32": DEFAULT.read_text("utf-8"), "header": HEADER.read_text("utf-8")}
BOTTLE, CAN, LITTER = picture(1), picture(2), picture(3)
KNOWN = {BOTTLE: "glass", CAN: "metal", LITTER: "paper"}


class Machine:
    """An agent in a thread of its own, on hardware in this process, and the person before it."""

    def __init__(self, folder, text, *, id=SOMEBODY, api_key="", url=NOBODY, plant=None):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        said = {"box": [40, 30, 80, 130], "confidence": 970_000}
        known = {hashlib.sha256(data).hexdigest(): {**said, "material": what} for data, what in KNOWN.items()}
        (folder / "recorded.json").write_text(json.dumps(known))
        settings = MachineSettings(
            id=id, api_key=api_key, platform_url=url, data=folder, kiosk="", vision="recorded", watch_ms=50,
            drain_seconds=5, _env_file=None,
        )  # fmt: skip
        hardware = simulated(map_of(text), folder, speed=SPEED)
        assert hardware.missing == {}
        if plant is not None:
            hardware.person.plant(plant)
        self.person = hardware.person
        self.agent = Agent(settings, hardware)
        self.status = None
        self._thread = threading.Thread(target=self._live)
        self._thread.start()
        until(lambda: self.state.health.state is HealthState.IN_SERVICE, lambda: self.state)

    @property
    def state(self):
        return self.agent._take_in.state

    def visit(self, code):
        self.person.show_code(code_png(code))
        until(lambda: self.state.visit.state is VisitState.OPEN, lambda: self.state)
        self.person.hide_code()

    def lies(self, tag):
        return {item["tag"]: item["bin"] or item["lies"] for item in self.person.state()["items"]}[tag]

    def kept(self, tag):
        until(lambda: self.lies(tag) not in ("belt", "opening"), self.person.state)
        return self.lies(tag)

    def starts(self):
        return len(self.person._stage.body.motor.starts)

    def stop(self):
        self.agent.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return self.status

    def _live(self):
        self.status = self.agent.live()


@pytest.mark.slow
@pytest.mark.parametrize("name", MAPS)
def test_a_bottle_goes_in_and_litter_comes_back(name, platform, tmp_path):
    registered, api_key = platform.machine()
    machine = Machine(tmp_path / "machine", MAPS[name], id=registered, api_key=api_key, url=platform.url)
    code = platform.code()
    machine.visit(code)
    tag = machine.person.put(BOTTLE)
    assert machine.kept(tag) == "all"
    until(lambda: machine.state.visit.paid == 1, lambda: machine.state)
    litter = machine.person.put(LITTER)
    until(lambda: machine.lies(litter) == "opening", machine.person.state)
    assert machine.person.take() == litter
    assert machine.stop() == 0

    told = Told(tmp_path / "machine" / "journal.db")
    assert [opened.token for opened in told.opened.values()] == [code]
    assert sorted(outcome.value for outcome in told.settled.values()) == ["returned", "stored"]
    assert [closed.why for closed in told.closed.values()] == [Ending.STOPPED]
    (stored,) = [told.decided[item] for item, outcome in told.settled.items() if outcome is Outcome.STORED]
    assert stored.picture.sha256 == hashlib.sha256(BOTTLE).hexdigest()
    assert stored.promise.points == 50


@pytest.mark.slow
def test_each_material_falls_into_its_bin(platform, tmp_path):
    text = MAPS["esp32"].replace("full_mm = 150\n", 'full_mm = 150\ntakes = ["glass", "plastic"]\n') + TWO_BINS
    registered, api_key = platform.machine()
    machine = Machine(tmp_path / "machine", text, id=registered, api_key=api_key, url=platform.url)
    machine.visit(platform.code())
    for number, (data, bin_name) in enumerate(((CAN, "cans"), (BOTTLE, "all")), 1):
        assert machine.kept(machine.person.put(data)) == bin_name
        until(lambda number=number: machine.state.visit.paid == number, lambda: machine.state)
    assert machine.stop() == 0


@pytest.mark.slow
def test_a_hand_in_the_opening_is_seen_over_the_serial_line_and_no_motor_turns(tmp_path):
    machine = Machine(tmp_path / "machine", MAPS["esp32"])
    machine.person.reach_in()
    until(lambda: machine.state.hand, lambda: machine.state)
    machine.agent._take_in.notice(ButtonPressed(Button.GUEST))
    until(lambda: machine.state.visit.state is VisitState.OPEN, lambda: machine.state)
    tag = machine.person.put(BOTTLE)
    assert (machine.lies(tag), machine.starts()) == ("belt", 0)
    machine.person.draw_back()
    assert machine.kept(tag) == "all"
    assert machine.starts() == 1
    assert machine.stop() == 0


@pytest.mark.slow
def test_firmware_of_another_version_is_replaced_at_the_start_and_then_all_works(tmp_path):
    machine = Machine(tmp_path / "machine", MAPS["esp32"], plant="firmware of another version")
    assert machine.agent.hardware.firmware.version() == shipped().version
    assert machine.agent.hardware.chute.counters() == Counters(0, 0)
    assert machine.stop() == 0


def test_a_map_that_is_none_and_one_that_is_not_there_are_named(tmp_path):
    (tmp_path / "map.toml").write_text("schema = 1\n")
    for hardware in (str(tmp_path / "map.toml"), f"simulated:{tmp_path / 'nowhere.toml'}"):
        with pytest.raises(BadHardwareMap, match=r"\.toml: "):
            open_hardware(MachineSettings(hardware=hardware, data=tmp_path, _env_file=None))


def test_where_nothing_is_there_everything_missing_is_named_and_nothing_moves(tmp_path):
    hardware = real(map_of(MAPS["header"]), tmp_path)
    assert set(hardware.missing) == {"header", "item sensor", "chute", "door", "light", "bin all", "camera"}
    with pytest.raises(PartUnreachable, match=r"chute: the library Jetson\.GPIO is not installed"):
        hardware.chute.take_in()
    hardware.close()


PORTS = (Chute, MotionTeller, BinLevel, ClimateSensor, Light, Door, Diverter, Compactor)


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_what_is_absent_answers_every_question_of_its_port_by_its_name(port):
    absent = Absent("the part", "it was stolen")
    for name in (name for name in vars(port) if not name.startswith("_")):
        asked = {"show": (Signal.READY,), "point": ("all",)}.get(name, ())
        with pytest.raises(PartUnreachable, match="the part: it was stolen"):
            getattr(absent, name)(*asked)


def test_the_light_says_in_one_colour_what_the_screen_says_in_words():
    assert set(SAID) == set(ScreenName)
    shown = []

    class Lamp:
        broken = False

        def show(self, signal):
            if self.broken:
                raise PartUnreachable("the lamp is burnt")
            shown.append(signal)

    lamp = Lamp()
    light = LightUp(lamp)
    for screen in (ScreenName.WELCOME, ScreenName.INSERT, ScreenName.TAKE_BACK):
        light.show(View(screen))
    assert shown == [Signal.READY, Signal.RETURNED]
    lamp.broken = True
    light.show(View(ScreenName.WELCOME))
    lamp.broken = False
    light.show(View(ScreenName.WELCOME))
    assert shown[-1] is Signal.READY
