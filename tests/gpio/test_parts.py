"""Parts on gpiozero's mock pins, with the physical models behind them."""

import threading
import time

import pytest

from adapters.gpio.coil import Coil
from adapters.gpio.counters_file import CountersFile
from adapters.gpio.item_sensor import ItemSensor
from adapters.gpio.light import Light
from adapters.gpio.motor import Motor
from adapters.gpio.steady import Steady
from adapters.gpio.stepper import Stepper
from application.ports.hardware import HardwareError, ItemPresence, PartUnreachable, Signal
from domain.deposits.bodies import Counters
from simulators.bench.header import DIRECTION, DOOR, ENABLE, ITEM_SENSOR, LED, MOTOR_IN, MOTOR_OUT, STEP, HeaderBench


@pytest.fixture
def bench():
    made = HeaderBench(seed=1)
    yield made
    made.factory.reset()


def sensor_on(bench, steady_s=0.02):
    return ItemSensor(ITEM_SENSOR, active_low=True, steady_s=steady_s, factory=bench.factory, now=bench.now)


def stepper_on(bench, **more):
    pins = {"step": STEP, "direction": DIRECTION, "enable": ENABLE}
    return Stepper(**pins, steps_per_second=800, factory=bench.factory, pause=bench.pause, **more)


def looking(bench, sensor, seconds):
    for _ in range(round(seconds / 0.002)):
        bench.pause(0.002)
        sensor.look()


def test_a_steady_level_passes_over_what_flickers():
    steady = Steady(0.02, level=False)
    assert not steady.take(True, 1.0)
    assert not steady.take(True, 1.019)
    assert not steady.take(False, 1.02)
    assert not steady.take(True, 1.03)
    assert not steady.take(True, 1.049)
    assert steady.take(True, 1.05)
    assert steady.level


@pytest.mark.parametrize("seed", range(20))
def test_an_item_is_told_once_however_the_contact_bounces(seed):
    bench = HeaderBench(seed)
    bench.body.item_sensor.bounce_us = 15_000
    bench.body.item_sensor.glitches_per_s = 20
    told = []
    sensor = sensor_on(bench)
    sensor.listen(told.append)
    looking(bench, sensor, 0.1)
    bench.body.belt.put("bottle")
    looking(bench, sensor, 0.2)
    bench.body.belt.take()
    looking(bench, sensor, 0.2)
    assert told == [ItemPresence(False), ItemPresence(True), ItemPresence(False)]
    assert len(bench.factory.pin(ITEM_SENSOR).states) > 8, "the wire did not bounce"


def test_a_sensor_is_watched_by_a_thread_of_its_own(bench):
    sensor = ItemSensor(ITEM_SENSOR, active_low=True, steady_s=0.004, factory=bench.factory)
    seen = threading.Event()
    sensor.listen(lambda notice: seen.set() if notice.present else None)
    sensor.watch()
    bench.factory.pin(ITEM_SENSOR).drive_low()
    assert seen.wait(20)
    assert sensor.present()
    sensor.close()
    with pytest.raises(PartUnreachable):
        sensor.present()


def test_the_stepper_makes_the_steps_it_was_asked_for_and_is_off_afterwards(bench):
    stepper = stepper_on(bench)
    assert stepper.move(500, forward=True) == 500
    assert (bench.stepper.pulses, bench.stepper.lost) == (500, 0)
    assert not bench.stepper.enabled
    assert stepper.move(40, forward=False) == 40
    assert bench.stepper.forward is False


def test_the_stepper_starts_slowly_then_keeps_its_speed(bench):
    stepper = stepper_on(bench)
    began = bench.now()
    stepper.move(1, forward=True)
    first = bench.now() - began
    stepper.move(860, forward=True)
    assert first == pytest.approx(4 / 800, rel=0.3)
    assert bench.now() - began == pytest.approx(861 / 800 + 60 * 1.5 / 800, rel=0.1)


def test_a_stepper_is_halted_by_another_thread(bench):
    stepper = stepper_on(bench)
    made = stepper.move(500, forward=True, after_each=lambda: stepper.halt() or True)
    assert made == 1
    assert stepper.was_halted
    assert not bench.stepper.enabled


def test_a_stepper_makes_one_motion_at_a_time(bench):
    stepper = stepper_on(bench)
    inner = []
    stepper.move(2, forward=True, after_each=lambda: inner.append(stepper.move(5, forward=False)) or True)
    assert inner == [None, None]
    assert bench.stepper.pulses == 2


@pytest.mark.parametrize("active_high", [True, False])
def test_a_coil_is_on_for_a_limited_time(bench, active_high):
    calls = []
    coil = Coil(DOOR, active_high=active_high, hold_s=3, factory=bench.factory, later=lambda *call: calls.append(call))
    wire = bench.factory.pin(DOOR)
    assert not coil.is_on
    assert bool(wire.state) is not active_high
    coil.on()
    assert coil.is_on
    assert bool(wire.state) is active_high
    coil.on()
    (seconds, first), (_, second) = calls
    assert seconds == 3
    first()
    assert coil.is_on, "the second turn has its own end"
    second()
    assert not coil.is_on
    coil.on()
    coil.off()
    assert not coil.is_on


def test_a_coil_goes_off_by_itself(bench):
    coil = Coil(DOOR, active_high=True, hold_s=0.02, factory=bench.factory)
    coil.on()
    deadline = time.monotonic() + 20
    while coil.is_on:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    coil.on()
    coil.close()
    assert not coil.is_on


def test_a_light_says_what_it_says_by_blinking(bench):
    light = Light(LED, factory=bench.factory)
    light.show(Signal.READY)
    assert light.is_lit
    light.show(Signal.DARK)
    assert not light.is_lit
    light.show(Signal.TAKEN)
    pin = bench.factory.pin(LED)
    deadline = time.monotonic() + 20
    while len(pin.states) < 8:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    light.show(Signal.DARK)
    assert not light.is_lit
    light.close()
    with pytest.raises(PartUnreachable, match="LED"):
        light.show(Signal.READY)


def test_a_motor_has_inertia_and_stops(bench):
    motor = Motor(inward=MOTOR_IN, outward=MOTOR_OUT, factory=bench.factory)
    motor.drive(80)
    bench.pause(0.02)
    assert 0.1 < bench.body.motor.speed < 0.5
    bench.pause(0.5)
    assert bench.body.motor.speed == pytest.approx(0.8, abs=0.01)
    motor.drive(-50)
    bench.pause(0.5)
    assert bench.body.motor.speed == pytest.approx(-0.5, abs=0.01)
    motor.halt()
    assert bench.body.motor.duty == 0
    bench.pause(1)
    assert bench.body.motor.at_rest
    with pytest.raises(ValueError, match="101"):
        motor.drive(101)


def test_a_pin_that_is_used_already_is_named(bench):
    first = Light(10, factory=bench.factory)
    with pytest.raises(PartUnreachable, match="LED on pin 10"):
        Light(10, factory=bench.factory)
    first.close()
    Light(10, factory=bench.factory).close()


def test_counters_last(tmp_path):
    counters = CountersFile(tmp_path / "counters.json")
    counters.count(passed_in=1)
    counters.count(passed_out=1)
    assert CountersFile(tmp_path / "counters.json").read() == Counters(1, 1)


def test_counters_that_cannot_be_read_or_written_are_named(tmp_path):
    (tmp_path / "counters.json").write_text("{", encoding="utf-8")
    with pytest.raises(HardwareError, match="cannot be read"):
        CountersFile(tmp_path / "counters.json")
    lost = CountersFile(tmp_path / "nowhere" / "counters.json")
    with pytest.raises(HardwareError):
        lost.count(passed_in=1)
    assert lost.read() == Counters(0, 0)
