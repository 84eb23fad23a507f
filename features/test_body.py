"""The steps of the machine's body: on physical models, behind the ports and adapters that ship."""

import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from pytest_bdd import given, scenarios, then, when

from adapters.hardware_map.read import DEFAULT, read_map
from adapters.serial_link.firmware import SerialFirmware
from application.machine.report_telemetry import seen
from application.machine.update_firmware import UpdateFirmware
from application.ports.hardware import Button, HardwareError, WrongFirmware
from domain.deposits.acceptance import Reason
from domain.deposits.bins import Bin
from domain.deposits.bodies import Outcome
from domain.deposits.intake.state import HealthState
from domain.deposits.recognition import Material
from domain.fleet.alert import BY_NAME, readings
from domain.fleet.telemetry import Sample
from entrypoints.machine.firmware import shipped
from entrypoints.machine.simulated import simulated_machine
from simulators.bench.person import NothingToTake
from simulators.bench.scene import Trouble
from tests.body.machines import decided, machine, settled

scenarios("body.feature")

BOTTLES = frozenset({Material.GLASS, Material.PLASTIC})
CANS_AND_BOTTLES = (Bin("cans", frozenset({Material.METAL})), Bin("bottles", BOTTLES))
SEED = 23


@contextmanager
def tempfolder():
    with tempfile.TemporaryDirectory(prefix="rvm-body-") as name:
        yield Path(name)


class Made:
    body = wired = None


@pytest.fixture
def made():
    with ExitStack() as living:
        one = Made()
        one.living = living
        yield one


def deposit(body, tag, material):
    before = len(settled(body))
    assert body.until(lambda: body.waits_for_items, 20)
    body.put(tag, material)
    assert body.until(lambda: len(settled(body)) > before, 30)


@given("a machine with a bin for cans and a bin for bottles")
def two_bins(made):
    made.body = machine(SEED, bins=CANS_AND_BOTTLES)


@given("a machine with a compactor")
def with_compactor(made):
    made.body = machine(SEED, compacts=True)
    made.body.until(lambda: made.body.serving, 5)


@given("a machine that has taken in a bottle")
def has_taken_in(made):
    made.body = machine(SEED)
    assert made.body.come()
    deposit(made.body, "bottle", Material.GLASS)
    made.body.pause(60)


@when("a guest deposits a can and a bottle")
def can_and_bottle(made):
    assert made.body.come()
    deposit(made.body, "can", Material.METAL)
    deposit(made.body, "bottle", Material.GLASS)


@then("the can lies with the cans, and the bottle with the bottles")
def where_they_lie(made):
    assert {one.name: one.tags for one in made.body.body.bins} == {"cans": ["can"], "bottles": ["bottle"]}


@when("the bin for cans is full")
def cans_full(made):
    made.body.body.bin("cans").fill(850)
    assert made.body.until(lambda: made.body.life.state.full == {"cans"}, 90)


@then("the machine serves")
def serves(made):
    assert made.body.serving


@then("a can is given back, since its bin is full")
def can_back(made):
    assert made.body.come()
    deposit(made.body, "can", Material.METAL)
    assert (decided(made.body)[-1].reason, settled(made.body)[-1]) == (Reason.BIN_FULL, Outcome.RETURNED)
    made.body.take()


@then("a bottle is taken in")
def bottle_in(made):
    deposit(made.body, "bottle", Material.PLASTIC)
    assert settled(made.body)[-1] is Outcome.STORED


@when("its bin is three quarters full")
def three_quarters(made):
    made.body.body.bins[0].fill(620)


@when("its door stands open, and its bin is three quarters full")
def open_and_filled(made):
    made.body.body.door.forced = True
    made.body.body.door.pull()
    three_quarters(made)


@then("there is room in it again, without anybody's doing")
def room_again(made):
    assert made.body.until(lambda: made.body.body.press.strokes, 120)
    assert made.body.body.bins[0].echo.fill_mm < 400
    assert made.body.body.press.hurt == 0


@then("nothing presses")
def nothing_presses(made):
    made.body.pause(120)
    assert (made.body.body.press.strokes, made.body.body.press.hurt) == (0, 0)


def told(made):
    return made.body.watching.told(seen(made.body.life.state))


@then("it tells of its bin, its air, its door, its motor and its firmware")
def tells(made):
    look = told(made)
    wanted = {"bin_level", "air_temperature", "humidity", "door_open", "motor_current", "motion_time"}
    assert wanted <= look.measures.keys()
    assert 100 < look.measures["motor_current"] < 3_000
    with simulated_machine(read_map(DEFAULT), made.living.enter_context(tempfolder())) as wired:
        wired.parts.chute.counters()
        assert wired.parts.fitted.line.line_health().firmware == "1.0.0"


@when("its climate sensor dies")
def climate_dies(made):
    made.body.body.air.dead = True
    made.body.press(Button.DONE)
    made.body.pause(90)


@then("it tells that the climate sensor is broken, and somebody is to look after it")
def tells_of_it(made):
    look = told(made)
    assert look.faults == ("climate_sensor",)
    sample = Sample("b", 0, 0, 0, True, look.measures, look.serving, look.faults, look.words)
    assert readings(sample)["impaired"] >= BY_NAME["impaired"].raise_at
    assert BY_NAME["impaired"].opens_ticket


@given("a machine whose controller has firmware of another version")
def other_firmware(made):
    folder = made.living.enter_context(tempfolder())
    made.wired = made.living.enter_context(simulated_machine(read_map(DEFAULT), folder, speed=3))
    made.wired.person.plant("firmware of another version")
    with pytest.raises(WrongFirmware):
        made.wired.parts.chute.counters()


@when("the machine looks after its firmware")
def looks_after(made):
    line = SerialFirmware(made.wired.parts.line)
    UpdateFirmware(line, lambda seconds: time.sleep(seconds / 3))(shipped(), only_if_unusable=True)


@then("the controller runs this release's firmware")
def runs_it(made):
    assert SerialFirmware(made.wired.parts.line).version() == shipped().version


@then("an item can be moved")
def can_be_moved(made):
    made.wired.person.put(b"a bottle")
    made.wired.parts.chute.take_in()
    with pytest.raises(NothingToTake):
        made.wired.person.take()


@given("a machine whose controller is reached over a disturbed cable")
def disturbed(made):
    folder = made.living.enter_context(tempfolder())
    made.wired = made.living.enter_context(simulated_machine(read_map(DEFAULT), folder, speed=3))
    made.wired.person.plant("line noisy")


@when("five bottles are moved in, one after the other")
def five_bottles(made):
    chute = made.wired.parts.chute
    for number in range(1, 6):
        made.wired.person.put(b"a bottle", f"bottle {number}")
        # What the noise made doubtful is told as failed: the counter says whether it is in.
        for _ in range(5):
            with suppress(HardwareError):
                if chute.counters().passed_in >= number:
                    break
                chute.take_in()


@then("five bottles were counted, and five lie in the bin")
def five_counted(made):
    made.wired.person.mend("line noisy")
    assert made.wired.parts.chute.counters().passed_in == 5
    assert [item["lies"] for item in made.wired.person.state()["items"]] == ["bin"] * 5


@when("something covers its lens")
def lens_covered(made):
    made.body.press(Button.DONE)
    made.body.scene.trouble = Trouble.BLACK
    assert made.body.until(lambda: not made.body.serving, 30)


@then("the machine serves nobody, and says that its camera is dark")
def says_dark(made):
    assert made.body.until(lambda: made.body.life.state.health.state is HealthState.OUT, 30)
    assert "camera_black" in made.body.life.state.shown.parts


@when("the lens is free again")
def lens_free(made):
    made.body.scene.trouble = Trouble.NONE
    assert made.body.until(lambda: made.body.serving, 60)
