"""Level sensor, door, diverter and compactor on mock pins, with the physical models behind them, in virtual time."""

import pytest

from adapters.gpio.coil import Coil
from adapters.gpio.compactor import RelayCompactor
from adapters.gpio.diverter import CoilDiverter
from adapters.gpio.door import BoltedDoor
from adapters.gpio.echo import PINGS, EchoLevel, millimetres
from application.ports.hardware import MotionFailed, NoReading, NoSuchBin, NotFitted, PartUnreachable, Unsafe
from simulators.bench.header import COMPACTOR, CONTACT, DIVERTER, DOOR, ECHO, TRIGGER, HeaderBench

STROKE_S = 1.4


@pytest.fixture
def bench():
    made = HeaderBench(seed=1, bins=("bottles", "cans"))
    yield made
    made.factory.reset()


def never(*_):
    return None


def level_on(bench, **more):
    return EchoLevel("all", trigger=TRIGGER, echo=ECHO, factory=bench.factory, pause=bench.pause, **more)


def coil_on(bench, pin):
    return Coil(pin, active_high=True, hold_s=3, factory=bench.factory, later=never)


def door_on(bench, *, contact=CONTACT):
    door = BoltedDoor(coil_on(bench, DOOR), contact=contact, factory=bench.factory)
    bench.pause(0.01)  # its wire has settled
    return door


def compactor_on(bench, door, pause=None):
    pause = bench.pause if pause is None else pause
    return RelayCompactor(coil_on(bench, COMPACTOR), door, stroke_s=STROKE_S, pause=pause, now=bench.now)


@pytest.fixture
def single():
    made = HeaderBench(seed=2)
    yield made
    made.factory.reset()


def test_a_level_follows_what_lies_in_the_bin(single):
    level = level_on(single, celsius=lambda: single.body.air.celsius)
    for permille in (0, 250, 800):
        single.body.bins[0].fill(permille)
        assert level.distance_mm() == pytest.approx(800 - 0.8 * permille, abs=8)


def test_the_airs_temperature_counts(single):
    single.body.air.celsius = 45.0
    wrong = level_on(single).distance_mm()
    single.factory.reset()
    assert wrong == pytest.approx(800 * (331.3 + 0.606 * 25) / (331.3 + 0.606 * 45), abs=8)
    assert millimetres(0.001, 20.0) == pytest.approx(171.7, abs=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_a_busy_computer_and_lost_echoes_do_not_shift_a_level(seed):
    bench = HeaderBench(seed)
    bench.body.echo.lost = 0.1
    chance = bench.body.chance
    bench.wires.late_s = lambda: chance.uniform(0, 0.003) if chance.random() < 0.15 else 0.0
    level = level_on(bench)
    told = []
    for _ in range(10):
        try:
            told.append(level.distance_mm())
        except NoReading:
            told.append(None)
    came = [one for one in told if one is not None]
    assert len(came) >= 6, told
    assert all(abs(one - 797) <= 25 for one in came), told


def test_what_gives_no_echo_or_echoes_that_do_not_agree_is_no_reading(single):
    level = level_on(single)
    single.body.echo.dead = True
    with pytest.raises(NoReading, match=f"0 of {PINGS}"):
        level.distance_mm()
    single.body.echo.dead = False
    single.body.echo.noise_us = 1_500
    with pytest.raises(NoReading, match="do not agree"):
        level.distance_mm()
    level.close()
    with pytest.raises(PartUnreachable, match="closed"):
        level.distance_mm()


def test_a_level_sensor_on_a_pin_that_is_taken_is_named(single):
    first = level_on(single)
    with pytest.raises(PartUnreachable, match="bin all: level sensor on pins 12, 13"):
        level_on(single)
    first.close()


def test_a_door_tells_whether_it_is_open_where_it_has_a_contact(bench):
    door = door_on(bench)
    bench.pause(0.01)
    assert not door.is_open()
    door.unlock()
    assert bench.body.door.pull()
    bench.pause(0.01)
    assert door.is_open()
    bench.body.door.push()
    door.lock()
    bench.pause(0.01)
    assert not door.is_open()
    assert not bench.body.door.pull()
    door.close()
    with pytest.raises(PartUnreachable):
        door.is_open()
    with pytest.raises(NotFitted):
        door_on(bench, contact=None).is_open()


def test_a_diverter_leads_to_the_second_bin_under_current_and_falls_back(bench):
    calls = []
    coil = Coil(DIVERTER, active_high=True, hold_s=6, factory=bench.factory, later=lambda *call: calls.append(call))
    diverter = CoilDiverter(coil, ("bottles", "cans"), pause=bench.pause)

    def leads_to():
        return bench.body.flap.leads_to(bench.body.now_us)

    diverter.point("cans")
    assert leads_to() == 1
    ((seconds, falls_back),) = calls
    assert seconds == 6
    falls_back()
    bench.pause(0.3)
    assert leads_to() == 0
    diverter.point("cans")
    diverter.point("bottles")
    assert leads_to() == 0
    with pytest.raises(NoSuchBin, match="paper"):
        diverter.point("paper")


def test_a_stroke_presses_together_what_lies_there(bench):
    bench.body.bins[0].fill(500)
    compactor_on(bench, door_on(bench)).press()
    assert bench.body.press.strokes == 1
    assert bench.body.echo.fill_mm == pytest.approx(240)
    assert not bench.body.press.moving


def test_nothing_presses_with_an_open_door_or_one_that_cannot_tell(bench):
    door = door_on(bench)
    door.unlock()
    bench.body.door.pull()
    bench.pause(0.01)
    with pytest.raises(Unsafe, match="the door is open"):
        compactor_on(bench, door).press()
    bench.factory.reset()
    with pytest.raises(Unsafe, match="no contact"):
        compactor_on(bench, door_on(bench, contact=None)).press()
    bench.factory.reset()
    with pytest.raises(Unsafe, match="no door"):
        compactor_on(bench, None).press()
    assert bench.body.press.hurt == 0


def test_a_door_that_opens_stops_the_press_before_it_hurts_for_long(bench):
    door = door_on(bench)
    opened = []

    def pause(seconds):
        bench.pause(seconds)
        if bench.now() > 0.5 and not opened:
            opened.append(bench.body.now_us)
            bench.body.door.forced = True
            bench.body.door.pull()

    with pytest.raises(MotionFailed, match="the door is open"):
        compactor_on(bench, door, pause).press()
    assert not bench.body.press.moving
    assert bench.body.press.hurt <= 30, "milliseconds"
    assert bench.body.press.strokes == 0


def test_a_stroke_is_halted_from_elsewhere_and_never_doubled(bench):
    door = door_on(bench)
    compactor = compactor_on(bench, door)
    seen = []

    def pause(seconds):
        bench.pause(seconds)
        with pytest.raises(MotionFailed, match="already"):
            compactor.press()
        seen.append(True)
        compactor.halt()

    compactor._pause = pause
    with pytest.raises(MotionFailed, match="halted"):
        compactor.press()
    assert seen == [True]
