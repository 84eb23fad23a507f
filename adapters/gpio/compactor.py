"""The port Compactor: a relay lets a press come down for the time of a stroke, and never while the door is open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from adapters.gpio.coil import Coil
from application.ports.hardware import Door, HardwareError, MotionFailed, Unsafe

LOOK_S = 0.02
"""How often the door is looked at while the press moves."""


class RelayCompactor:
    """A press above the bin. If this process dies in a stroke, the next one switches its pin off when it starts."""

    def __init__(
        self,
        coil: Coil,
        door: Door | None,
        *,
        stroke_s: float,
        pause: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without a door whose contact tells, it never presses."""
        self._coil = coil
        self._door = door
        self._stroke_s = stroke_s
        self._pause = pause
        self._now = now
        self._halted = threading.Event()
        self._busy = threading.Lock()

    def press(self) -> None:
        """Make one stroke, and return when it is over. Raises Unsafe, MotionFailed, PartUnreachable."""
        if not self._busy.acquire(blocking=False):
            raise MotionFailed("compactor: it is pressing already")
        try:
            self._halted.clear()
            if why := self._unsafe():
                raise Unsafe(f"compactor: {why}")
            ends = self._now() + self._stroke_s
            self._coil.on()
            while self._now() < ends:
                self._pause(LOOK_S)
                if why := self._unsafe():
                    raise MotionFailed(f"compactor: stopped at once, {why}")
                if self._halted.is_set():
                    raise MotionFailed("compactor: halted before the stroke was over")
        finally:
            self._coil.off()
            self._busy.release()

    def halt(self) -> None:
        """Stop at once."""
        self._halted.set()
        self._coil.off()

    def close(self) -> None:
        """Stop, and let the pin go."""
        self.halt()
        self._coil.close()

    def _unsafe(self) -> str | None:
        if self._door is None:
            return "there is no door that tells whether it is open"
        try:
            return "the door is open" if self._door.is_open() else None
        except HardwareError as odd:
            return f"nobody can tell whether the door is open: {odd}"
