"""The contracts of the body's ports, on every machine there is: the functions are those of `rvm contracts`."""

from contextlib import contextmanager
from random import Random

import pytest

from adapters.hardware_map.read import DEFAULT, HEADER, map_of
from adapters.vision.pictures import decode
from application.machine.read_body import ReadBody
from application.ports.hardware import Fitted, HardwareError, Unsafe
from domain.deposits.bodies import Counters
from domain.fleet.readings import MotionEnd, Readings, Way
from entrypoints.contracts.contract import Broken, Contract, Machine
from entrypoints.contracts.simulated_hands import SimulatedHands
from entrypoints.contracts.suites import contracts_of
from entrypoints.machine.simulated import simulated_machine
from simulators.bench.desk import Desk
from simulators.bench.scene import Scene, Trouble
from simulators.bench.stage import StageCamera
from simulators.clock import VirtualClock
from tests.body.machines import frame

TWO = ("bottles", "cans")


class DeskHands:
    def __init__(self, desk):
        self.desk = desk
        self.items = 0

    def put_item(self):
        self.items += 1
        self.desk.body.belt.put(f"item {self.items}")

    def take_item(self):
        self.desk.body.belt.take()

    def reach_in(self):
        self.desk.body.belt.hand = True
        self.desk.pause(0.1)

    def draw_back(self):
        self.desk.body.belt.hand = False
        self.desk.pause(0.1)

    def pull_door(self):
        return self.desk.body.door.pull()

    def push_door(self):
        self.desk.body.door.push()

    def sees(self, signal):
        return self.desk.signal is signal

    def leads_to(self, bin_name):
        body = self.desk.body
        return body.bins[body.flap.leads_to(body.now_us)].name == bin_name


@pytest.fixture
def desk():
    return Desk(4, TWO)


def on_the_desk(desk, trouble=Trouble.NONE):
    return Machine(desk.chute, desk.fitted, DeskHands(desk), Scene(desk.body.belt, Random(5), frame, trouble))


TWO_BINS = """
[[bins]]
name = "cans"
at = "header"
trigger = 12
echo = 13
empty_mm = 800
full_mm = 150
takes = ["metal"]
[diverter]
kind = "solenoid"
pin = 5
hold_ms = 7000
[compactor]
kind = "relay"
pin = 6
active = "low"
hold_ms = 1500
"""
MAPS = {
    "esp32": DEFAULT.read_text("utf-8"),
    "esp32 with everything": DEFAULT.read_text("utf-8") + TWO_BINS,
    "header": HEADER.read_text("utf-8"),
}
SPEED = 6


@contextmanager
def simulated(name, folder, seed=1):
    with simulated_machine(map_of(MAPS[name], name), folder, seed=seed, speed=SPEED) as made:
        assert made.parts.missing == {}
        hands = SimulatedHands(made.stage, made.person)
        yield made, Machine(made.parts.chute, made.parts.fitted, hands, StageCamera(made.stage, decode))


@pytest.fixture(params=MAPS)
def wired(request, tmp_path):
    with simulated(request.param, tmp_path) as (made, machine):
        yield made, machine


def broken_parts(machine):
    """Return the parts that break their contracts."""
    broken = set()
    for contract in contracts_of(machine):
        try:
            contract.check(machine)
        except (Broken, HardwareError) as why:
            print(f"{contract.part}: {contract.promise}: {why}")
            broken.add(contract.part)
    return broken


@pytest.mark.parametrize(
    "contract", contracts_of(on_the_desk(Desk(0, TWO))), ids=lambda one: f"{one.part}: {one.promise}"
)
@pytest.mark.parametrize("seed", range(3))
def test_the_body_on_the_desk_keeps_its_contracts(contract: Contract, seed):
    desk = Desk(seed, TWO)
    machine = on_the_desk(desk)
    mine = {(one.part, one.promise): one for one in contracts_of(machine)}
    mine[contract.part, contract.promise].check(machine)


PLANTED = {
    "nothing": (set(), lambda desk: None),
    "the item sensor sees what is not there": ({"chute"}, lambda desk: setattr(desk.body.item_sensor, "stuck", True)),
    "the motor's winding is open": ({"chute"}, lambda desk: setattr(desk.body.motor, "open_winding", True)),
    "the motor is wired the wrong way": ({"chute"}, lambda desk: setattr(desk.body.motor, "reversed_wiring", True)),
    "the barrier at the opening is blind": (
        {"chute", "opening"},
        lambda desk: setattr(desk.body.out_beam, "stuck", False),
    ),
    "a level sensor is dead": ({"bin cans"}, lambda desk: setattr(desk.body.bin("cans").echo, "dead", True)),
    "the climate sensor is dead": ({"climate"}, lambda desk: setattr(desk.body.air, "dead", True)),
    "the lamp is burnt": ({"light"}, lambda desk: setattr(desk, "lamp_burnt", True)),
    "the bolt holds nothing": ({"door"}, lambda desk: setattr(desk.body.door, "forced", True)),
    "the flap is stuck": ({"diverter"}, lambda desk: setattr(desk.body.flap, "stuck", True)),
    # What keeps hands out of the press hangs on the door's contact, so both break.
    "the contact is stuck": ({"door", "compactor"}, lambda desk: setattr(desk.body.door.contact, "stuck", False)),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_breaks_exactly_its_contract(fault):
    desk = Desk(1, TWO)
    wanted, plant = PLANTED[fault]
    plant(desk)
    assert broken_parts(on_the_desk(desk)) == wanted


@pytest.mark.parametrize("trouble", [Trouble.UNPLUGGED, Trouble.BLACK, Trouble.FROZEN])
def test_a_camera_in_trouble_breaks_exactly_its_contract(trouble):
    assert broken_parts(on_the_desk(Desk(1, TWO), trouble)) == {"camera"}


def test_every_map_keeps_its_contracts_by_the_adapters_that_ship(wired):
    _, machine = wired
    assert broken_parts(machine) == set()


PLANTED_BY_HAND = {
    "item sensor dark": {"chute"},
    "level sensor dead": {"bin all"},
    "climate sensor dead": {"climate"},
    "lamp burnt": {"light"},
}


@pytest.mark.parametrize("fault", PLANTED_BY_HAND)
def test_a_fault_planted_by_hand_breaks_exactly_its_contract(fault, tmp_path):
    with simulated("esp32", tmp_path) as (made, machine):
        made.person.plant(fault)
        assert broken_parts(machine) == PLANTED_BY_HAND[fault]


def reading(desk):
    return ReadBody(desk.chute, desk.fitted, VirtualClock(lambda: desk.body.now_us, wall_at_zero=0))


def test_the_whole_body_is_read(desk):
    read = reading(desk)
    desk.body.belt.put("bottle")
    desk.chute.take_in()
    desk.body.bin("cans").fill(500)
    told = read()
    assert told.at == desk.body.now_us
    assert (told.item, told.door_open, told.silent) == (False, False, ())
    assert told.counters == Counters(1, 0)
    assert (told.motion.way, told.motion.end, told.motion.number) == (Way.IN, MotionEnd.PASSED, 1)
    assert 26_000 < told.climate.millicelsius < 28_000
    assert [one.name for one in told.bins] == list(TWO)
    assert told.bins[0].distance_mm == pytest.approx(797, abs=8)
    assert told.bins[1].distance_mm == pytest.approx(400, abs=8)


def test_what_does_not_answer_is_named_and_the_rest_is_read(desk):
    desk.body.air.dead = True
    desk.body.bin("bottles").echo.dead = True
    told = reading(desk)()
    assert told.silent == ("bin bottles", "climate")
    assert (told.climate, told.bins[0].distance_mm) == (None, None)
    assert told.bins[1].distance_mm
    desk.reachable = False
    assert reading(desk)().silent == ("bin bottles", "chute", "motor", "climate")


def test_what_is_not_fitted_is_not_silent(desk):
    bare = ReadBody(desk.chute, Fitted(), VirtualClock(lambda: 5, wall_at_zero=0))
    assert bare() == Readings(0, item=False, counters=Counters(0, 0))


def test_items_fall_where_the_flap_leads(desk):
    for name, tag in (("cans", "can"), ("bottles", "bottle")):
        desk.fitted.diverter.point(name)
        desk.body.belt.put(tag)
        desk.chute.take_in()
    assert (desk.body.bin("cans").tags, desk.body.bin("bottles").tags) == (["can"], ["bottle"])


def test_a_stroke_makes_room_and_none_hurts(desk):
    desk.body.bins[0].fill(800)
    before = desk.fitted.bins[0].level.distance_mm()
    desk.fitted.compactor.press()
    assert desk.fitted.bins[0].level.distance_mm() > before + 100
    desk.fitted.door.unlock()
    desk.body.door.pull()
    with pytest.raises(Unsafe):
        desk.fitted.compactor.press()
    assert (desk.body.press.strokes, desk.body.press.hurt) == (1, 0)
