"""A DC motor on an H-bridge with two PWM inputs, for boards whose pins have PWM."""

from __future__ import annotations

from gpiozero import Motor as GpioMotor
from gpiozero.exc import GPIOZeroError

from application.ports.hardware import PartUnreachable


class Motor:
    """Turns one way or the other; at rest at first."""

    def __init__(self, *, inward: int, outward: int, factory: object) -> None:
        """Pins are BCM numbers. Raises PartUnreachable, also for pins without PWM."""
        try:
            self._motor = GpioMotor(inward, outward, pwm=True, pin_factory=factory)
        except GPIOZeroError as odd:
            raise PartUnreachable(f"motor on pins {inward} and {outward}: {odd}") from odd

    def drive(self, duty_percent: int) -> None:
        """Drive, -100 (outwards) to 100 (inwards) per cent. Raises ValueError."""
        if not -100 <= duty_percent <= 100:
            raise ValueError(f"{duty_percent} per cent are not -100 to 100")
        self._motor.value = duty_percent / 100

    def halt(self) -> None:
        """Stop driving at once."""
        self._motor.stop()

    def close(self) -> None:
        """Stop, and let the pins go."""
        self._motor.close()
