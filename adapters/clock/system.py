"""The operating system's clocks: a wall clock that may be wrong, and one that never jumps."""

from __future__ import annotations

import threading
import time

from application.ports.clock import Reading

_NS_PER_US = 1_000


class SystemClock:
    """Tells the time since it was made, and the time of day as far as it is known.

    Until `set` is called the time of day is the operating system's, not trusted on a machine; from then on
    it is what was set plus the time that has passed, whatever anybody does to the operating system's clock.
    """

    def __init__(self, *, trusted: bool = False, skew_us: int = 0) -> None:
        """Start at 0 now. `trusted`: the operating system's clock is kept by others (a server's NTP).

        `skew_us` puts the wall clock off by so much until it is set, as a machine without a battery is.
        """
        self._started = _steady_ns()
        self._skew = skew_us
        self._trusted = trusted
        self._set: tuple[int, int] | None = None
        self._guard = threading.Lock()

    def now(self) -> Reading:
        """Look at the clock."""
        mono = (_steady_ns() - self._started) // _NS_PER_US
        with self._guard:
            if self._set is not None:
                wall, at = self._set
                return Reading(wall=wall + mono - at, mono=mono, trusted=True)
        return Reading(wall=max(0, time.time_ns() // _NS_PER_US + self._skew), mono=mono, trusted=self._trusted)

    def set(self, wall: int) -> None:
        """Take `wall` (microseconds UTC) as the time now, and trust it from here on."""
        with self._guard:
            self._set = (wall, (_steady_ns() - self._started) // _NS_PER_US)


def _steady_ns() -> int:
    # Counts through suspend where the system has such a clock: a machine that slept was not younger for it.
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
