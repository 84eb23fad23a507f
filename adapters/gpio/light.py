"""One LED on a pin: off, on, or blinking."""

from __future__ import annotations

from gpiozero import LED
from gpiozero.exc import GPIOZeroError

from application.ports.hardware import PartUnreachable


class Light:
    """A light of one colour; what asks for a colour gets light, and black is dark."""

    def __init__(self, pin: int, *, factory: object) -> None:
        """`pin` is a BCM number. Raises PartUnreachable."""
        try:
            self._led = LED(pin, pin_factory=factory)
        except GPIOZeroError as odd:
            raise PartUnreachable(f"LED on pin {pin}: {odd}") from odd

    def light(self, red: int, green: int, blue: int, blink_ms: int = 0) -> None:
        """Light up unless all three are 0, steady or with that period of blinking."""
        if not (red or green or blue):
            self._led.off()
        elif blink_ms:
            self._led.blink(blink_ms / 2_000, blink_ms / 2_000)
        else:
            self._led.on()

    @property
    def is_lit(self) -> bool:
        """Whether it is lit at this moment."""
        return bool(self._led.is_lit)

    def close(self) -> None:
        """Go dark, and let the pin go."""
        self._led.close()
