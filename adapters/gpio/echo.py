"""An HC-SR04 on two pins: a pulse of 10 µs asks, the length of the echo pulse is the way there and back.

A busy computer notices an edge late now and then, so one echo is worth little: a measurement is the middle one of
several, of which most must have come back and most agree.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from gpiozero import DigitalOutputDevice, InputDevice
from gpiozero.exc import GPIOZeroError

from application.ports.hardware import HardwareError, NoReading, PartUnreachable

TRIGGER_S = 0.00001
PATIENCE_S = 0.06
"""The longest echo is 38 ms (the sensor's own, when nothing comes back); asking again before 60 ms hears the last."""
PINGS = 7
MOST = PINGS // 2 + 1
AGREE_MM = 25
"""Echoes that are no farther from the middle one agree with it."""
NEAREST_MM, FARTHEST_MM = 20, 4_000
USUAL_CELSIUS = 25.0


def millimetres(echo_s: float, celsius: float) -> float:
    """Return how far away an echo's surface is. Sound travels 331.3 m/s at 0 °C and 0.606 m/s more for each degree."""
    return echo_s * (331.3 + 0.606 * celsius) * 500


class EchoLevel:
    """The port BinLevel on the header."""

    def __init__(
        self,
        name: str,
        *,
        trigger: int,
        echo: int,
        factory: object,
        celsius: Callable[[], float] = lambda: USUAL_CELSIUS,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`name` is the bin's, pins are BCM numbers; `celsius` tells the air's temperature. Raises PartUnreachable."""
        try:
            self._trigger = DigitalOutputDevice(trigger, pin_factory=factory)
            self._echo = InputDevice(echo, pin_factory=factory)
        except GPIOZeroError as odd:
            raise PartUnreachable(f"bin {name}: level sensor on pins {trigger}, {echo}: {odd}") from odd
        self._name = name
        self._celsius = celsius
        self._pause = pause
        self._rose: float | None = None
        self._length: float | None = None
        self._measuring = threading.Lock()
        self._echo.pin.edges = "both"
        self._echo.pin.when_changed = self._edge

    def distance_mm(self) -> int:
        """Measure down to what lies in the bin. Raises NoReading, PartUnreachable."""
        with self._measuring:
            if self._echo.closed:
                raise PartUnreachable(f"bin {self._name}: the level sensor is closed")
            echoes = sorted(length for length in (self._ping() for _ in range(PINGS)) if length is not None)
        if len(echoes) < MOST:
            raise NoReading(f"bin {self._name}: {len(echoes)} of {PINGS} echoes came back")
        celsius = self._temperature()
        told = [millimetres(echo, celsius) for echo in echoes]
        middle = told[len(told) // 2]
        if sum(abs(one - middle) <= AGREE_MM for one in told) < MOST:
            raise NoReading(f"bin {self._name}: the echoes do not agree ({', '.join(f'{one:.0f}' for one in told)} mm)")
        if not NEAREST_MM <= middle <= FARTHEST_MM:
            raise NoReading(f"bin {self._name}: {middle:.0f} mm are out of the sensor's range")
        return round(middle)

    def close(self) -> None:
        """Let the pins go."""
        with self._measuring:
            if not self._echo.closed:
                self._echo.pin.when_changed = None
                self._echo.close()
                self._trigger.close()

    def _ping(self) -> float | None:
        self._rose = self._length = None
        self._trigger.on()
        self._pause(TRIGGER_S)
        self._trigger.off()
        self._pause(PATIENCE_S)
        return self._length

    def _edge(self, ticks: float, level: int) -> None:
        # The line is low when it is asked for an echo, so the first edge rises, whatever the level is said to be.
        if self._rose is None:
            self._rose = ticks
        elif self._length is None:
            self._length = self._echo.pin_factory.ticks_diff(ticks, self._rose)

    def _temperature(self) -> float:
        try:
            return self._celsius()
        except HardwareError:
            return USUAL_CELSIUS
