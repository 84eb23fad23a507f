"""The port Light on one LED: it says what it says by blinking. docs/hardware.md has the same table."""

from __future__ import annotations

from collections.abc import Mapping

from gpiozero import LED
from gpiozero.exc import GPIOZeroError

from application.ports.hardware import PartUnreachable, Signal

PATTERNS: Mapping[Signal, tuple[float, float] | None] = {
    Signal.DARK: None,
    Signal.READY: (1.0, 0.0),
    Signal.WORKING: (0.5, 0.5),
    Signal.TAKEN: (0.1, 0.1),
    Signal.RETURNED: (0.25, 0.25),
    Signal.OUT_OF_SERVICE: (0.1, 0.9),
}
"""Seconds of light and of darkness, in turn; None is dark."""


class Light:
    """A light of one colour."""

    def __init__(self, pin: int, *, factory: object) -> None:
        """`pin` is a BCM number. Raises PartUnreachable."""
        try:
            self._led = LED(pin, pin_factory=factory)
        except GPIOZeroError as odd:
            raise PartUnreachable(f"LED on pin {pin}: {odd}") from odd

    def show(self, signal: Signal) -> None:
        """Say that, until another is said. Raises PartUnreachable when the light is closed."""
        pattern = PATTERNS[signal]
        try:
            if pattern is None:
                self._led.off()
            elif pattern[1]:
                self._led.blink(*pattern)
            else:
                self._led.on()
        except GPIOZeroError as odd:
            raise PartUnreachable(f"LED: {odd}") from odd

    @property
    def is_lit(self) -> bool:
        """Whether it is lit at this moment."""
        return bool(self._led.is_lit)

    def close(self) -> None:
        """Go dark, and let the pin go."""
        if not self._led.closed:
            self._led.off()
            self._led.close()
