"""Time, ids and chance of a simulated world: all three come from what the test says."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable

from application.ports.clock import Reading


class VirtualClock:
    """A machine's clock over a world's time, which may be set wrong and drifts if told so."""

    def __init__(
        self, now_us: Callable[[], int], *, wall_at_zero: int, trusted: bool = False, skew_us: int = 0
    ) -> None:
        """Boot now. `now_us` tells the world's time (microseconds), `wall_at_zero` the UTC of its beginning."""
        self._now = now_us
        self._booted = now_us()
        self._true = wall_at_zero
        self._off = skew_us
        self._trusted = trusted

    def now(self) -> Reading:
        """Look at the clock."""
        now = self._now()
        return Reading(wall=max(0, self._true + now + self._off), mono=now - self._booted, trusted=self._trusted)

    def set(self, wall: int) -> None:
        """Take `wall` as the time now, and trust it from here on."""
        self._off = wall - self._true - self._now()
        self._trusted = True


class SeededRandom:
    """Chance that is the same for the same seed. Its secrets are none."""

    def __init__(self, seed: int) -> None:
        """Start from a seed."""
        self._chance = random.Random(seed)

    def token(self, size: int) -> bytes:
        """Return `size` bytes."""
        return self._chance.randbytes(size)

    def fraction(self) -> float:
        """Return a number in [0, 1)."""
        return self._chance.random()


class SeededIds:
    """UUIDs of version 7 in virtual time: rising, and the same for the same seed."""

    def __init__(self, now_us: Callable[[], int], seed: int) -> None:
        """Take the world's time and a seed; sources with different seeds never meet."""
        self._now = now_us
        self._chance = random.Random(f"ids {seed}")
        self._last = 0

    def next(self) -> str:
        """Return a new id in its usual text form."""
        self._last = max((self._now() // 1_000) << 12, self._last + 1)
        milliseconds, count = divmod(self._last, 1 << 12)
        number = milliseconds << 80 | 7 << 76 | count << 64 | 2 << 62 | self._chance.getrandbits(62)
        return str(uuid.UUID(int=number))
