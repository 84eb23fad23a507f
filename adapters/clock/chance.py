"""Ids and chance from the operating system's source of randomness."""

from __future__ import annotations

import secrets
import threading
import time
import uuid

_FRACTION_BITS = 53


class SystemRandom:
    """The random port: fit for secrets."""

    def token(self, size: int) -> bytes:
        """Return `size` random bytes."""
        return secrets.token_bytes(size)

    def fraction(self) -> float:
        """Return a number in [0, 1)."""
        return secrets.randbits(_FRACTION_BITS) / (1 << _FRACTION_BITS)


class Uuid7Source:
    """UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, then a count that rises within one, then chance.

    Ids from one source rise strictly, also when the clock stands still or goes back (method 1 of section 6.2:
    a counter of 12 bits that runs over into the time).
    """

    def __init__(self) -> None:
        """Start anywhere: what is remembered is only the last id's time and count."""
        self._last = 0
        self._guard = threading.Lock()

    def next(self) -> str:
        """Return a new id in its usual text form."""
        with self._guard:
            # The counter starts each millisecond in the lower half, so that it has room to rise.
            fresh = (time.time_ns() // 1_000_000) << 12 | secrets.randbits(11)
            self._last = max(fresh, self._last + 1)
            milliseconds, count = divmod(self._last, 1 << 12)
        number = milliseconds << 80 | 7 << 76 | count << 64 | 2 << 62 | secrets.randbits(62)
        return str(uuid.UUID(int=number))
