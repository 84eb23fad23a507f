"""The wires of a hardware map between mock pins and the physical models: what a pin does the body feels, and back."""

from __future__ import annotations

import threading
from collections.abc import Callable

from attrs import define, field

from simulators.bench.pins import TimedFactory, WatchedPin
from simulators.physics.body import Body
from simulators.physics.stepper import Stepper

ECHO_BEGINS_S = 0.00045
"""From the trigger to the echo pulse (HC-SR04: eight periods of 40 kHz, and a little)."""


@define(eq=False)
class Wires:
    """A body's wires. `numbers` are BCM numbers by name, named as a hardware map does; `low` are those active low.

    Whoever moves time on calls `settle` afterwards. `guard` is held while the body is touched.
    """

    body: Body
    now: Callable[[], float]
    """The body's time in seconds, also between its milliseconds."""
    numbers: dict[str, int]
    low: frozenset[str] = frozenset()
    guard: threading.RLock = field(factory=threading.RLock)
    late_s: Callable[[], float] = lambda: 0.0
    """By how much too late the computer notices an edge, whenever it is asked: a busy one is late now and then."""
    stepper: Stepper = field(factory=lambda: Stepper(enabled=False, forward=False))
    lamp_burnt: bool = False
    lamp: bool = False
    factory: TimedFactory = field(init=False)
    _inputs: list[tuple[WatchedPin, bool, Callable[[], bool]]] = field(factory=list)
    _outputs: list[tuple[WatchedPin, Callable[[float], None]]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        """Solder."""
        self.factory = TimedFactory(self.now)
        self.stepper.enabled = "stepper.enable" not in self.numbers
        outputs: dict[str, Callable[[float], None]] = {
            "stepper.step": self._stepped,
            "stepper.direction": lambda level: setattr(self.stepper, "forward", bool(level)),
            "stepper.enable": lambda level: setattr(self.stepper, "enabled", bool(level)),
            "motor.inward": self._driven,
            "motor.outward": lambda level: self._driven(-level),
            "door.pin": lambda level: setattr(self.body.door, "bolt_drawn", bool(level)),
            "diverter.pin": lambda level: self.body.flap.drive(bool(level), self.body.now_us),
            "compactor.pin": lambda level: self.body.drive_press(bool(level)),
            "led.pin": lambda level: setattr(self, "lamp", bool(level) and not self.lamp_burnt),
        }
        inputs: dict[str, Callable[[], bool]] = {
            "item_sensor.pin": self.body.item_seen,
            "door.contact": lambda: self.body.door.seen_open(self.body.now_us),
        }
        for name in self.numbers:
            if name in outputs:
                self._watch(name, outputs[name])
            elif name in inputs:
                self._inputs.append((self.pin(name), name in self.low, inputs[name]))
            elif name.endswith(".trigger"):
                self._watch(name, self._pinged(name.split(".")[1], self.pin(name.replace(".trigger", ".echo"))))
        self.settle()

    def pin(self, name: str) -> WatchedPin:
        """Return the pin at the end of a wire. Raises KeyError."""
        pin: WatchedPin = self.factory.pin(self.numbers[name])
        return pin

    def settle(self) -> None:
        """Put on every input what the body says now."""
        for pin, low, read in self._inputs:
            level = read()
            if pin.function == "input":
                (pin.drive_low if level is low else pin.drive_high)()

    def rest(self) -> None:
        """Have nobody drive them: each goes to where its resistor pulls it, and nothing is under current."""
        for pin, then in self._outputs:
            pin.function = "input"
            then(0.0)

    def _watch(self, name: str, then: Callable[[float], None]) -> None:
        low = name in self.low
        self._outputs.append((self.pin(name), then))

        def watcher(level: float) -> None:
            with self.guard:
                then(1 - level if low else level)

        self.pin(name).watcher = watcher

    def _stepped(self, level: float) -> None:
        if level:
            self.body.belt.move(self.stepper.pulse(round(self.now() * 1_000_000)))

    def _driven(self, duty: float) -> None:
        self.body.motor.drive(duty, self.body.now_us)

    def _pinged(self, name: str, echo: WatchedPin) -> Callable[[float], None]:
        def then(level: float) -> None:
            length_us = None if level else self.body.bin(name).echo.ping(self.body.air.celsius)
            if length_us is not None and echo.function == "input":
                begins = self.now() + ECHO_BEGINS_S
                echo.pulse(begins + self.late_s(), begins + length_us / 1_000_000 + self.late_s())

        return then
