"""The contract of the port Chute, on the physical models: by the serial line, and by the header's pins."""

import threading

import pytest

from adapters.gpio.chute import StepperChute, Ways
from adapters.gpio.counters_file import CountersFile
from adapters.gpio.item_sensor import ItemSensor
from adapters.gpio.stepper import Stepper
from adapters.serial_link.chute import Drive, SerialChute
from adapters.serial_link.line import SerialLine
from adapters.serial_link.microcontroller import Microcontroller
from application.ports.hardware import MotionFailed
from domain.deposits.bodies import Counters
from simulators.bench.header import DIRECTION, ENABLE, ITEM_SENSOR, STEP, HeaderBench
from simulators.firmware.device import Device
from simulators.firmware.pty import FirmwareOnPty
from simulators.physics.body import Body

SPEED = 4


class BySerialLine:
    """An ESP32 on a pty; the belt is a DC motor's."""

    def __init__(self, folder, seed):
        self.firmware = FirmwareOnPty(Device(Body(seed)), speed=SPEED).__enter__()
        self.line = SerialLine(self.firmware.path)
        self.device = Microcontroller(self.line, pause=lambda _: None)
        self.chute = SerialChute(self.device, lambda: self.body(lambda body: body.belt.occupied), Drive(limit_ms=2_000))

    def body(self, deed):
        return self.firmware.touch(lambda device: deed(device.body))

    def during(self, deed):
        """Do something once while the motor turns."""
        once = []
        self.device._pause = lambda _: once or once.append(deed())

    def jam(self):
        self.body(lambda body: setattr(body.motor, "jammed", True))

    def begin_anew(self):
        self.firmware.reset()

    def close(self):
        self.line.close()
        self.firmware.unplug()


class ByPins:
    """Stepper and item sensor on the header, in virtual time."""

    def __init__(self, folder, seed):
        self.bench = HeaderBench(seed)
        self.folder = folder
        self.stepper = Stepper(
            step=STEP,
            direction=DIRECTION,
            enable=ENABLE,
            steps_per_second=800,
            factory=self.bench.factory,
            pause=self.bench.pause,
        )
        self.sensor = ItemSensor(
            ITEM_SENSOR, active_low=True, steady_s=0.02, factory=self.bench.factory, now=self.bench.now
        )
        self.begin_anew()

    def body(self, deed):
        done = deed(self.bench.body)
        for _ in range(30):
            self.bench.pause(0.002)
            self.sensor.look()
        return done

    def during(self, deed):
        pause, once = self.bench.pause, []
        self.stepper._pause = lambda seconds: (pause(seconds), once or once.append(deed()))

    def jam(self):
        self.bench.stepper.jammed = True

    def begin_anew(self):
        counters = CountersFile(self.folder / "counters.json")
        self.chute = StepperChute(self.stepper, self.sensor, counters, Ways(2_600, 1_900))

    def close(self):
        self.sensor.close()
        self.stepper.close()
        self.bench.factory.reset()


@pytest.fixture(params=[BySerialLine, ByPins])
def machine(request, tmp_path):
    made = request.param(tmp_path, seed=7)
    print(f"port Chute, {type(made.chute).__name__} {request.param.__name__}: {request.node.name}")
    yield made
    made.close()


def where(machine):
    return machine.body(lambda body: {item.tag: item.lies.value for item in body.belt.items})


def test_taking_in_moves_the_item_into_the_bin_and_counts_it(machine):
    machine.body(lambda body: body.belt.put("bottle"))
    assert machine.chute.present()
    machine.chute.take_in()
    assert machine.chute.counters() == Counters(1, 0)
    assert where(machine) == {"bottle": "bin"}
    assert not machine.chute.present()


def test_giving_back_moves_it_to_the_opening_where_it_lies(machine):
    machine.body(lambda body: body.belt.put("bottle"))
    machine.chute.give_back()
    assert machine.chute.counters() == Counters(0, 1)
    assert where(machine) == {"bottle": "opening"}
    assert machine.chute.present()
    machine.body(lambda body: body.belt.take())
    assert not machine.chute.present()


def test_items_one_after_another(machine):
    for number in range(3):
        machine.body(lambda body, number=number: body.belt.put(f"can {number}"))
        machine.chute.take_in()
    assert machine.chute.counters() == Counters(3, 0)
    assert set(where(machine).values()) == {"bin"}


@pytest.mark.parametrize("way", ["take_in", "give_back"])
def test_moving_nothing_fails_and_counts_nothing(machine, way):
    with pytest.raises(MotionFailed, match="nothing"):
        getattr(machine.chute, way)()
    assert machine.chute.counters() == Counters(0, 0)


def test_a_jam_fails_and_counts_nothing_and_a_mended_one_moves(machine):
    machine.body(lambda body: body.belt.put("bottle"))
    machine.jam()
    with pytest.raises(MotionFailed):
        machine.chute.take_in()
    assert machine.chute.counters() == Counters(0, 0)
    assert where(machine) == {"bottle": "belt"}


def test_a_halted_item_stays_and_the_motion_failed(machine):
    machine.body(lambda body: body.belt.put("bottle"))
    halting = threading.Thread(target=machine.chute.halt)
    machine.during(lambda: (halting.start(), halting.join()))
    with pytest.raises(MotionFailed, match="halted"):
        machine.chute.take_in()
    assert machine.chute.counters() == Counters(0, 0)
    assert where(machine) == {"bottle": "belt"}


def test_halting_what_rests_is_no_error(machine):
    machine.chute.halt()
    machine.chute.halt()


def test_counters_last(machine):
    machine.body(lambda body: body.belt.put("bottle"))
    machine.chute.take_in()
    machine.begin_anew()
    assert machine.chute.counters() == Counters(1, 0)


def test_one_thing_moves_at_a_time(machine):
    machine.body(lambda body: body.belt.put("bottle"))
    refused = []

    def second():
        with pytest.raises(MotionFailed, match="busy"):
            machine.chute.take_in()
        refused.append(True)

    machine.during(second)
    machine.chute.take_in()
    assert refused == [True]
    assert machine.chute.counters() == Counters(1, 0)
