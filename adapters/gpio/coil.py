"""A coil on one pin (door solenoid, diverter, compactor): under current for a limited time, whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Callable

from gpiozero import DigitalOutputDevice
from gpiozero.exc import GPIOZeroError

from application.ports.hardware import PartUnreachable


def after(seconds: float, call: Callable[[], None]) -> None:
    """Call it later, from a thread of its own."""
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


class Coil:
    """Off at first; on for at most `hold_s` seconds at a time."""

    def __init__(
        self,
        pin: int,
        *,
        active_high: bool,
        hold_s: float,
        factory: object,
        later: Callable[[float, Callable[[], None]], None] = after,
    ) -> None:
        """`pin` is a BCM number; `later(seconds, call)` calls later. Raises PartUnreachable."""
        try:
            self._pin = DigitalOutputDevice(pin, active_high=active_high, initial_value=False, pin_factory=factory)
        except GPIOZeroError as odd:
            raise PartUnreachable(f"coil on pin {pin}: {odd}") from odd
        self._hold_s = hold_s
        self._later = later
        self._turn = 0
        self._lock = threading.Lock()

    def on(self) -> None:
        """Switch on, for the time it may be on; that begins anew when it is on already."""
        with self._lock:
            self._turn += 1
            turn = self._turn
            self._pin.on()
        self._later(self._hold_s, lambda: self._end(turn))

    def off(self) -> None:
        """Switch off."""
        with self._lock:
            self._turn += 1
            self._pin.off()

    @property
    def is_on(self) -> bool:
        """Whether current flows."""
        return not self._pin.closed and bool(self._pin.value)

    def close(self) -> None:
        """Switch off, and let the pin go."""
        with self._lock:
            self._turn += 1
            if not self._pin.closed:
                # A pin that is let go may keep its level.
                self._pin.off()
                self._pin.close()

    def _end(self, turn: int) -> None:
        with self._lock:
            # A later turn has its own end.
            if turn == self._turn:
                self._pin.off()
