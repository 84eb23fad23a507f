"""A stepper behind a TB6600: a pulse is a step, a level the direction, another level switches it on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from gpiozero import DigitalOutputDevice
from gpiozero.exc import GPIOZeroError

from application.ports.hardware import PartUnreachable

SETTLE_S = 0.001
"""After enabling and after a change of direction, before the first pulse."""
RAMP_STEPS = 60
"""So many steps it takes to reach full speed; a rotor that is pulled at once stays behind."""
SLOWEST = 4.0
"""The first step takes so many times as long as one at full speed."""


class Stepper:
    """Moves by steps. One thread moves; any thread may halt."""

    def __init__(
        self,
        *,
        step: int,
        direction: int,
        enable: int | None,
        steps_per_second: int,
        factory: object,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Pins are BCM numbers; the motor is off afterwards. Raises PartUnreachable."""
        try:
            self._step = DigitalOutputDevice(step, pin_factory=factory)
            self._direction = DigitalOutputDevice(direction, pin_factory=factory)
            self._enable = None if enable is None else DigitalOutputDevice(enable, pin_factory=factory)
        except GPIOZeroError as odd:
            raise PartUnreachable(f"stepper on pins {step}, {direction}, {enable}: {odd}") from odd
        self._period_s = 1 / steps_per_second
        self._pause = pause
        self._halted = threading.Event()
        self._busy = threading.Lock()

    def halt(self) -> None:
        """Stop at the next step, and switch the motor off."""
        self._halted.set()
        if self._enable is not None:
            self._enable.off()

    def move(self, steps: int, *, forward: bool, after_each: Callable[[], bool] = lambda: True) -> int | None:
        """Make up to `steps` steps, as long as `after_each` says so; return how many.

        None: another motion is going on, and nothing was done.
        """
        if not self._busy.acquire(blocking=False):
            return None
        try:
            self._halted.clear()
            self._direction.value = forward
            if self._enable is not None:
                self._enable.on()
            self._pause(SETTLE_S)
            return self._steps(steps, after_each)
        finally:
            if self._enable is not None:
                self._enable.off()
            self._busy.release()

    @property
    def was_halted(self) -> bool:
        """Whether the last motion was halted."""
        return self._halted.is_set()

    def close(self) -> None:
        """Halt, and let the pins go."""
        self.halt()
        for pin in (self._step, self._direction, self._enable):
            if pin is not None:
                pin.close()

    def _steps(self, steps: int, after_each: Callable[[], bool]) -> int:
        for number in range(steps):
            if self._halted.is_set():
                return number
            ramp = max(0.0, 1 - number / RAMP_STEPS)
            half = self._period_s / 2 * (1 + ramp * (SLOWEST - 1))
            self._step.on()
            self._pause(half)
            self._step.off()
            self._pause(half)
            if not after_each():
                return number + 1
        return steps
