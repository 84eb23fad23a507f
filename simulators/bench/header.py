"""A machine on the header of `adapters/hardware_map/maps/header.toml`, in virtual time, and a motor with PWM beside."""

from __future__ import annotations

from simulators.bench.wires import Wires
from simulators.physics.body import STEP_US, Body

ITEM_SENSOR, STEP, DIRECTION, ENABLE, DOOR, MOTOR_IN, MOTOR_OUT = 18, 23, 24, 25, 27, 16, 20
CONTACT, DIVERTER, COMPACTOR, LED, TRIGGER, ECHO = 22, 5, 6, 10, 12, 13
NUMBERS = {
    "item_sensor.pin": ITEM_SENSOR,
    "stepper.step": STEP,
    "stepper.direction": DIRECTION,
    "stepper.enable": ENABLE,
    "motor.inward": MOTOR_IN,
    "motor.outward": MOTOR_OUT,
    "door.pin": DOOR,
    "door.contact": CONTACT,
    "diverter.pin": DIVERTER,
    "compactor.pin": COMPACTOR,
    "led.pin": LED,
    "bins.all.trigger": TRIGGER,
    "bins.all.echo": ECHO,
}


class HeaderBench:
    """Time passes only by `pause`: it moves the body on, and the wires with it."""

    def __init__(self, seed: int, bins: tuple[str, ...] = ("all",)) -> None:
        """Same seed, same touches: same edges. A second bin has no sensor."""
        self.body = Body(seed, bins)
        self._now_us = 0.0
        self.wires = Wires(self.body, self.now, NUMBERS, frozenset({"item_sensor.pin"}))
        self.factory = self.wires.factory
        self.stepper = self.wires.stepper

    def now(self) -> float:
        """Return the virtual time, seconds."""
        return self._now_us / 1_000_000

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self._now_us += seconds * 1_000_000
        while self.body.now_us + STEP_US <= self._now_us:
            self.body.step()
            self.wires.settle()
