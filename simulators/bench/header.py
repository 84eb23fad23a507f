"""A machine on the header of `adapters/hardware_map/maps/header.toml`: pins on one side, a body on the other."""

from __future__ import annotations

from gpiozero.pins.mock import MockFactory

from simulators.bench.pins import WatchedPin
from simulators.physics.body import STEP_US, Body
from simulators.physics.stepper import Stepper

ITEM_SENSOR, STEP, DIRECTION, ENABLE, DOOR, MOTOR_IN, MOTOR_OUT = 18, 23, 24, 25, 27, 12, 13


class HeaderBench:
    """Time passes only by `pause`: it moves the body on, and the sensor's wire with it."""

    def __init__(self, seed: int) -> None:
        """Same seed, same touches: same edges."""
        self.factory = MockFactory(pin_class=WatchedPin)
        self.body = Body(seed)
        self.stepper = Stepper(enabled=False, forward=False)
        self._now_us = 0.0
        self._watch(STEP, self._stepped)
        self._watch(DIRECTION, lambda level: setattr(self.stepper, "forward", bool(level)))
        self._watch(ENABLE, lambda level: setattr(self.stepper, "enabled", bool(level)))
        self._watch(MOTOR_IN, lambda level: self._driven(level, 1))
        self._watch(MOTOR_OUT, lambda level: self._driven(level, -1))
        self._wire()

    def now(self) -> float:
        """Return the virtual time, seconds."""
        return self._now_us / 1_000_000

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self._now_us += seconds * 1_000_000
        while self.body.now_us + STEP_US <= self._now_us:
            self.body.step()
            self._wire()

    def _wire(self) -> None:
        # Active low: an item pulls the wire down.
        pin = self.factory.pin(ITEM_SENSOR)
        if pin.function == "input":
            (pin.drive_low if self.body.item_seen() else pin.drive_high)()

    def _watch(self, number: int, watcher: object) -> None:
        self.factory.pin(number).watcher = watcher

    def _stepped(self, level: float) -> None:
        if level:
            self.body.belt.move(self.stepper.pulse(int(self._now_us)))

    def _driven(self, level: float, way: int) -> None:
        self.body.motor.drive(way * level, int(self._now_us))
