"""The whole way in real time: port, link, pyserial, a pseudo-terminal, a bad line, a simulated device."""

import threading

import pytest

from adapters.serial_link.chute import Drive, SerialChute
from adapters.serial_link.errors import DeviceReset, LineClosed, LineSilent, VersionMismatch
from adapters.serial_link.line import SerialLine
from adapters.serial_link.messages import AskCounters, AskMotion, Direction, Halt, Light, MotionState, Run, Until
from adapters.serial_link.microcontroller import Microcontroller, millimetres
from application.ports.hardware import MotionFailed, PartUnreachable
from domain.deposits.bodies import Counters
from simulators.firmware.device import CLIMATE, EVERYTHING, LEVEL, Device
from simulators.firmware.noise import NoisyLine
from simulators.firmware.pty import FirmwareOnPty
from simulators.physics.body import Body

SPEED = 4
"""The device's seconds in one of ours."""


@pytest.fixture
def ends():
    """Makes a device on a pty and the adapter at its other end; both end with the test."""
    opened = []

    def make(*, seed=1, noise=0.0, speed=SPEED, **device):
        here, back = NoisyLine.rough(seed, noise), NoisyLine.rough(seed + 1, noise)
        firmware = FirmwareOnPty(Device(Body(seed), **device), here=here, back=back, speed=speed).__enter__()
        line = SerialLine(firmware.path)
        opened.append((firmware, line))
        return firmware, line, Microcontroller(line, pause=lambda _: None)

    yield make
    for firmware, line in opened:
        line.close()
        firmware.unplug()


def starts(firmware):
    return firmware.touch(lambda device: len(device.body.motor.starts))


def chute_of(firmware, device):
    return SerialChute(device, lambda: firmware.touch(lambda one: one.body.belt.occupied), Drive(limit_ms=2_000))


def test_an_item_moves_in_and_is_counted(ends):
    firmware, _, device = ends()
    firmware.touch(lambda one: one.body.belt.put("bottle"))
    chute = chute_of(firmware, device)
    assert chute.present()
    chute.take_in()
    assert chute.counters() == Counters(1, 0)
    assert not chute.present()
    assert starts(firmware) == 1


def test_what_hangs_on_the_device_is_read(ends):
    firmware, _, device = ends()
    device.light(0, 64, 255, 800)
    assert firmware.touch(lambda one: one.light) == (0, 64, 255, 800)
    firmware.touch(lambda one: one.body.step())
    level, climate = device.level(), device.climate()
    assert millimetres(level.echo_us, climate.celsius) == pytest.approx(800, abs=15)
    assert climate.humidity_percent == pytest.approx(65, abs=2)


def test_a_dead_sensor_and_one_that_is_not_there_are_named(ends):
    firmware, _, device = ends()
    firmware.touch(lambda one: setattr(one.body.air, "dead", True))
    firmware.reset()
    with pytest.raises(PartUnreachable, match="AskClimate: sensor failed"):
        device.climate()
    _, _, bare = ends(parts=EVERYTHING & ~(LEVEL | CLIMATE))
    with pytest.raises(PartUnreachable, match="AskLevel: not fitted"):
        bare.level()


def test_ten_items_over_a_rough_line_are_counted_once_each(ends):
    firmware, line, device = ends(noise=0.01, speed=2)
    chute = chute_of(firmware, device)
    for number in range(10):
        firmware.touch(lambda one, number=number: one.body.belt.put(f"bottle {number}"))
        chute.take_in()
        assert chute.counters() == Counters(number + 1, 0)
    assert starts(firmware) == 10
    print("dropped, sent again:", line.noise)
    assert line.noise[1] > 0


def test_answers_that_get_lost_move_nothing_twice(ends):
    firmware, line, device = ends(speed=1)
    device.counters()
    firmware.answers_lost = 3
    line.ask_once(Run(Direction.IN, 50, 20, Until.TIME))
    assert starts(firmware) == 1
    assert line.noise[1] == 3


def test_a_reset_in_the_middle_of_an_item_is_a_named_failure_and_the_motor_is_off(ends):
    firmware, line, device = ends(speed=1)
    firmware.touch(lambda one: one.body.belt.put("bottle"))
    turning = threading.Event()

    def reset_while_turning(_):
        if not turning.is_set():
            turning.set()
            firmware.reset()

    device._pause = reset_while_turning
    with pytest.raises(DeviceReset):
        chute_of(firmware, device).take_in()
    assert firmware.touch(lambda one: one.body.motor.duty) == 0
    assert starts(firmware) == 1
    assert device.counters() == Counters(0, 0)
    assert starts(firmware) == 1
    assert line.welcome.cause.name == "OTHER"


def test_a_motion_is_not_begun_in_another_session(ends):
    firmware, line, device = ends()
    device.halt()
    firmware.reset()
    with pytest.raises(DeviceReset):
        line.ask(Run(Direction.IN, 50, 100, Until.TIME))
    assert starts(firmware) == 0
    device.halt()
    assert starts(firmware) == 0


def test_counters_outlive_a_reset(ends):
    firmware, _, device = ends()
    firmware.touch(lambda one: one.body.belt.put("bottle"))
    chute_of(firmware, device).take_in()
    firmware.reset()
    assert device.counters() == Counters(1, 0)


def test_a_motion_is_halted_from_another_thread(ends):
    firmware, _, device = ends(speed=1)
    firmware.touch(lambda one: setattr(one.body.belt, "slips", True))
    once = []
    device._pause = lambda _: once or once.append(threading.Thread(target=device.halt)) or once[0].start()
    with pytest.raises(MotionFailed, match="halted"):
        chute_of(firmware, device).take_in()
    once[0].join()


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (lambda body: setattr(body.motor, "jammed", True), "stalled"),
        (lambda body: setattr(body.motor, "open_winding", True), "nothing passed"),
        (lambda body: setattr(body.motor, "reversed_wiring", True), "nothing passed"),
        (lambda body: setattr(body.belt, "slips", True), "nothing passed"),
        (lambda body: setattr(body.in_beam, "stuck", False), "nothing passed"),
    ],
)
def test_what_is_wrong_inside_is_a_failed_motion(ends, fault, why):
    firmware, _, device = ends()
    firmware.touch(lambda one: one.body.belt.put("bottle"))
    firmware.touch(lambda one: fault(one.body))
    chute = chute_of(firmware, device)
    with pytest.raises(MotionFailed, match=why):
        chute.take_in()
    assert firmware.touch(lambda one: one.body.motor.duty) == 0
    assert chute.counters().passed_in == 0


def test_two_motions_at_once_are_refused(ends):
    _, line, device = ends(speed=1)
    line.ask_once(Run(Direction.IN, 50, 5_000, Until.TIME))
    with pytest.raises(MotionFailed, match="busy"):
        device.run(Direction.OUT, duty_percent=50, limit_ms=100, until=Until.TIME)
    device.halt()
    assert line.ask(AskMotion()).state is MotionState.HALTED


def test_wrong_firmware_is_named_and_updated_from_here(ends):
    firmware, line, _ = ends(version=2)
    with pytest.raises(VersionMismatch, match="update"):
        line.ask(AskCounters())
    image = bytes(range(256)) * 3
    line.update(image)
    assert firmware.touch(lambda one: one.image) == image


def test_an_update_over_a_rough_line_arrives_whole(ends):
    firmware, line, _ = ends(noise=0.01)
    image = b"import machine\n" * 40
    line.update(image)
    assert firmware.touch(lambda one: one.image) == image


def test_a_silent_device_a_pulled_cable_and_a_device_that_is_none(ends):
    firmware, line, device = ends()
    device.halt()
    firmware.silent = True
    with pytest.raises(LineSilent):
        line.ask_once(Halt())
    firmware.silent = False
    device.light(1, 1, 1)
    firmware.unplug()
    with pytest.raises(LineClosed):
        line.ask(Light(2, 2, 2))
    with pytest.raises(LineClosed, match="nowhere"):
        SerialLine("/dev/nowhere").ask(Halt())


def test_two_computers_cannot_hold_one_line(ends):
    firmware, line, _ = ends()
    line.ask(Halt())
    with pytest.raises(LineClosed):
        SerialLine(firmware.path).ask(Halt())
