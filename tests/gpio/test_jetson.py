"""gpiozero's devices on our factory over Jetson.GPIO: on a stand-in of the library, and where it cannot be had."""

import sys
import warnings
from types import ModuleType

import pytest
from gpiozero import LED, PWMLED, Button, DigitalInputDevice, DigitalOutputDevice, InputDevice, Motor
from gpiozero.exc import (
    GPIOPinInUse,
    PinFixedPull,
    PinInvalidBounce,
    PinInvalidEdges,
    PinInvalidFunction,
    PinInvalidPin,
    PinInvalidPull,
    PinInvalidState,
    PinPWMFixedValue,
    PinPWMUnsupported,
    PinSetInput,
)

from adapters.gpio.coil import Coil
from adapters.gpio.echo import EchoLevel
from adapters.gpio.item_sensor import ItemSensor
from adapters.gpio.jetson import JetsonFactory
from adapters.gpio.jetson_header import BCM_BY_PLACE, WITH_PWM
from adapters.gpio.jetson_library import JetsonGpioMissing, JetsonGpioUnusable
from adapters.gpio.stepper import Stepper
from adapters.hardware_map.header import PLACES
from simulators.bench.jetson import JetsonGpio
from simulators.bench.jetson_board import HEADER, PWM_CHANNELS, GPIOError


class World:
    def __init__(self):
        self.time = 100.0
        self.gpio = JetsonGpio(now_ms=lambda: 1_000 * self.time)
        self.factory = JetsonFactory(self.gpio)
        self.factory.ticks = lambda: self.time


@pytest.fixture
def world():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = World()
        yield made
        made.factory.close()
        assert made.gpio.files.stolen == [], "another's file was closed"


def test_the_library_the_map_and_the_factory_know_the_same_header():
    assert {bcm: place for place, bcm in BCM_BY_PLACE.items()} == PLACES
    assert set(PLACES) == HEADER
    assert WITH_PWM == PWM_CHANNELS


def test_an_output_begins_at_its_level_and_is_never_high_before(world):
    led = LED(10, pin_factory=world.factory)
    low = DigitalOutputDevice(5, active_high=False, initial_value=False, pin_factory=world.factory)
    assert world.gpio.outputs == [(10, 0), (5, 1)]
    led.on()
    low.on()
    assert (world.gpio.wires[10].wire, world.gpio.wires[5].wire) == (1, 0)
    assert led.value == low.value == 1


def test_an_input_reads_its_wire_and_expects_its_resistor_outside(world):
    sensor = InputDevice(18, pull_up=True, pin_factory=world.factory)
    world.gpio.drive(18, 1)
    assert not sensor.is_active
    world.gpio.drive(18, 0)
    assert sensor.is_active
    assert sensor.pull_up is True
    with pytest.raises(PinSetInput):
        sensor.pin.state = 1
    with pytest.raises(PinInvalidPull):
        sensor.pin.pull = "sideways"


def test_a_pin_is_known_by_number_name_and_place_and_is_always_the_same(world):
    assert world.factory.pin(18) is world.factory.pin("BOARD12") is world.factory.pin("GPIO18")
    for odd in (2, "BOARD1", 99):
        with pytest.raises(PinInvalidPin):
            world.factory.pin(odd)
    first = LED(10, pin_factory=world.factory)
    with pytest.raises(GPIOPinInUse):
        LED("GPIO10", pin_factory=world.factory)
    first.close()
    LED(10, pin_factory=world.factory)
    assert repr(world.factory.pin(18)) == "GPIO18"


def test_what_an_output_cannot_be_is_named(world):
    pin = world.factory.pin(5)
    pin.function = "output"
    assert world.gpio.outputs == [(5, 0)], "an output begins low"
    with pytest.raises(PinFixedPull):
        pin.pull = "up"
    with pytest.raises(PinInvalidState):
        pin.state = 2
    with pytest.raises(PinInvalidFunction):
        pin.when_changed = print
    with pytest.raises(PinInvalidFunction):
        pin.function = "spi"
    with pytest.raises(PinPWMUnsupported):
        pin.frequency = 100


def test_pwm_is_there_on_the_pins_that_have_it(world):
    led = PWMLED(12, frequency=200, pin_factory=world.factory)
    led.value = 0.25
    assert world.gpio.outputs[-1] == (12, 0.25)
    assert (led.value, led.frequency) == (0.25, 200)
    led.frequency = 400
    assert led.value == 0.25
    led.close()
    assert world.gpio.wires[12].configured == world.gpio.OUT
    assert world.gpio.outputs[-1] == (12, 0)
    again = PWMLED(12, pin_factory=world.factory)
    again.on()
    with pytest.raises(PinPWMFixedValue):
        world.factory.pin(13).frequency = 100
    with pytest.raises(PinPWMUnsupported):
        PWMLED(16, pin_factory=world.factory)


def test_pwm_that_the_device_tree_does_not_offer_is_named():
    factory = JetsonFactory(JetsonGpio(with_pwm=()))
    with pytest.raises(PinPWMUnsupported, match="is not a PWM"):
        PWMLED(12, pin_factory=factory)


def test_a_motor_on_two_pwm_pins(world):
    motor = Motor(12, 13, pin_factory=world.factory)
    motor.forward(0.5)
    assert dict(world.gpio.outputs) == {12: 0.5, 13: 0.0}
    motor.backward()
    assert dict(world.gpio.outputs) == {12: 0.0, 13: 1.0}


def test_edges_are_told_with_their_time_and_level(world):
    told = []
    device = InputDevice(13, pin_factory=world.factory)

    def hear(ticks, level):
        told.append((ticks, level))

    device.pin.when_changed = hear
    for later, level in ((0.5, 1), (0.25, 0)):
        world.time += later
        world.gpio.drive(13, level)
    assert told == [(100.5, 1), (100.75, 0)]
    assert world.factory.ticks_diff(told[1][0], told[0][0]) == 0.25
    assert device.value == 0


@pytest.mark.parametrize(("edges", "levels"), [("rising", [1, 1]), ("falling", [0, 0]), ("both", [1, 0, 1, 0])])
def test_only_the_edges_that_are_asked_for_are_told(world, edges, levels):
    told = []
    pin = world.factory.pin(13)
    pin.input_with_pull("floating")
    pin.edges = edges

    def hear(ticks, level):
        told.append(level)

    pin.when_changed = hear
    for level in (1, 0, 1, 0):
        world.gpio.drive(13, level)
    assert told == levels
    pin.edges = "none"
    world.gpio.drive(13, 1)
    assert told == levels
    assert pin.state == 1
    with pytest.raises(PinInvalidEdges):
        pin.edges = "sharp"


def test_a_bounce_is_told_once(world):
    button = Button(18, bounce_time=0.02, pin_factory=world.factory)
    presses = []
    button.when_pressed = lambda: presses.append(world.time)
    world.gpio.drive(18, 1)
    world.time += 1
    for level in (0, 1, 0, 1, 0):
        world.gpio.drive(18, level)
        world.time += 0.003
    world.time += 1
    assert presses == [101.0]
    with pytest.raises(PinInvalidBounce):
        button.pin.bounce = -1


def test_a_watched_pin_is_watched_once_and_its_line_is_never_closed_again(world):
    for _ in range(3):
        device = DigitalInputDevice(18, pin_factory=world.factory)
        told = []
        device.when_activated = lambda told=told: told.append(True)
        world.gpio.drive(18, 1)
        world.gpio.drive(18, 0)
        assert told == [True]
        world.gpio.files.open("a file of another's")
        device.close()
    assert world.gpio.slept_s == pytest.approx(1.0)
    with pytest.raises(PinInvalidFunction, match="watched"):
        LED(18, pin_factory=world.factory)


def test_a_watcher_that_is_gone_is_told_nothing(world):
    pin = world.factory.pin(18)
    pin.function = "input"

    def watch():
        def hear(ticks, level):
            raise AssertionError("nobody is there")

        pin.when_changed = hear

    watch()
    world.gpio.drive(18, 1)
    assert pin.when_changed is None


def test_the_machines_parts_work_on_it(world):
    sensor = ItemSensor(18, active_low=True, steady_s=0.02, factory=world.factory, now=lambda: world.time)
    world.gpio.drive(18, 1)
    for _ in range(30):
        world.time += 0.002
        sensor.look()
    assert not sensor.present()
    coil = Coil(27, active_high=True, hold_s=3, factory=world.factory, later=lambda *_: None)
    coil.on()
    assert world.gpio.wires[27].wire == 1
    coil.close()
    assert world.gpio.wires[27].wire == 0, "a pin keeps its level when it is let go"
    stepper = Stepper(
        step=23, direction=24, enable=25, steps_per_second=800, factory=world.factory, pause=lambda _: None
    )
    assert stepper.move(10, forward=True) == 10
    assert world.gpio.outputs.count((23, 1)) == 10

    def pause(seconds):
        world.time += seconds
        if seconds > 0.01:  # it waits for the echo
            for level in (1, 0):
                world.gpio.drive(13, level)
                world.time += 0.004

    level = EchoLevel("all", trigger=12, echo=13, factory=world.factory, celsius=lambda: 20.0, pause=pause)
    assert level.distance_mm() == pytest.approx(687, abs=2)
    sensor.close()


# ------------------------------------------------------------ the stand-in is as wayward as the library


def test_the_stand_in_closes_the_files_of_others_as_the_library_does():
    gpio = JetsonGpio()
    gpio.setwarnings(False)
    gpio.setmode(gpio.BCM)
    gpio.setup(18, gpio.IN)
    assert gpio.input(18) == 0
    gpio.add_event_detect(18, gpio.BOTH)
    with pytest.raises(GPIOError, match="Getting line value"):
        gpio.input(18)
    gpio.files.open("journal")
    gpio.files.open("journal")
    gpio.cleanup(18)
    assert gpio.files.stolen


def test_the_stand_in_refuses_what_the_library_refuses():
    gpio = JetsonGpio()
    with pytest.warns(RuntimeWarning, match="nothing to clean up"):
        gpio.cleanup()
    with pytest.raises(RuntimeError, match="setmode"):
        gpio.setup(18, gpio.IN)
    gpio.setmode(gpio.BCM)
    for wrong, error in (
        (lambda: gpio.setmode(gpio.BOARD), ValueError),
        (lambda: gpio.setup(2, gpio.IN), ValueError),
        (lambda: gpio.setup(18, 7), ValueError),
        (lambda: gpio.setup(18, gpio.OUT, pull_up_down=gpio.PUD_UP), ValueError),
        (lambda: gpio.setup(18, gpio.IN, initial=1), ValueError),
        (lambda: gpio.input(18), RuntimeError),
        (lambda: gpio.output(18, 1), RuntimeError),
        (lambda: gpio.add_event_detect(18, gpio.BOTH), RuntimeError),
        (lambda: gpio.PWM(18, 100), ValueError),
    ):
        with pytest.raises(error):
            wrong()
    gpio.setup(18, gpio.IN)
    with pytest.raises(TypeError):
        gpio.add_event_detect(18, gpio.BOTH, bouncetime=0.2)
    with pytest.raises(RuntimeError, match="add_event_detect first"):
        gpio.add_event_callback(18, print)
    with pytest.warns(UserWarning, match="ignores"):
        gpio.setup(5, gpio.IN, pull_up_down=gpio.PUD_UP)
    gpio.setup(6, gpio.OUT)
    assert gpio.outputs == [(6, 1)], "without a first level an output begins high"
    gpio.PWM(12, 100).start(10)
    with pytest.raises(ValueError, match="duplicate"):
        gpio.PWM(12, 100)


# ------------------------------------------------------------ where the library cannot be had


def test_a_library_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "Jetson.GPIO", None)
    with pytest.raises(JetsonGpioMissing, match="not installed"):
        JetsonFactory()


class Refusing:
    """An importer of a Jetson.GPIO that stops, as it does without a board, or without rights."""

    def __init__(self, error):
        self.error = error

    def find_spec(self, name, path=None, target=None):
        if name == "Jetson.GPIO":
            raise self.error


@pytest.mark.parametrize("error", [RuntimeError("no permission"), Exception("Could not determine Jetson model")])
def test_a_library_that_cannot_work_here_is_named(monkeypatch, error):
    monkeypatch.delitem(sys.modules, "Jetson.GPIO", raising=False)
    monkeypatch.setitem(sys.modules, "Jetson", package := ModuleType("Jetson"))
    package.__path__ = []
    monkeypatch.setattr(sys, "meta_path", [Refusing(error), *sys.meta_path])
    with pytest.raises(JetsonGpioUnusable, match=str(error)):
        JetsonFactory()
