"""The infrared sensor that sees whether an item lies in the intake."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from gpiozero import InputDevice
from gpiozero.exc import GPIOZeroError

from adapters.gpio.steady import Steady
from application.ports.hardware import ItemPresence, Notice, PartUnreachable

LOOK_S = 0.002


class ItemSensor:
    """A sensor on one pin. It is looked at every two milliseconds: `watch` does so in a thread, `look` does it once."""

    def __init__(
        self,
        pin: int,
        *,
        active_low: bool,
        steady_s: float,
        factory: object,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`pin` is a BCM number. Raises PartUnreachable."""
        try:
            # The sensor pulls its wire to one side only: a resistor pulls it to the other. A device without events,
            # since a Jetson cannot read a pin whose edges it watches.
            self._pin = InputDevice(pin, pull_up=active_low, pin_factory=factory)
        except GPIOZeroError as odd:
            raise PartUnreachable(f"item sensor on pin {pin}: {odd}") from odd
        self._now = now
        self._steady = Steady(steady_s, bool(self._pin.value))
        self._listeners: list[Callable[[Notice], None]] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def present(self) -> bool:
        """Tell whether something lies there. Raises PartUnreachable when the sensor is closed."""
        self.look()
        return self._steady.level

    def look(self) -> None:
        """Look once, and tell the listeners of a change. Raises PartUnreachable."""
        with self._lock:
            if self._pin.closed:
                raise PartUnreachable("the item sensor is closed")
            if self._steady.take(bool(self._pin.value), self._now()):
                self._tell(self._listeners)

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Tell `listener` of presence: now, and whenever it changes."""
        with self._lock:
            self._listeners.append(listener)
            self._tell([listener])

    def watch(self) -> None:
        """Look from now on, in a thread of its own, until `close`."""
        self._thread = threading.Thread(target=self._watch, name="item sensor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let the pin go."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self._pin.close()

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_S):
            self.look()

    def _tell(self, listeners: list[Callable[[Notice], None]]) -> None:
        for listener in listeners:
            listener(ItemPresence(self._steady.level))
