"""Time, ids and chance: the three things that no rule may take from the air."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen


@frozen
class Reading:
    """One look at the clock, integer microseconds."""

    wall: int
    """UTC since 1970, as far as this machine knows."""
    mono: int
    """Since boot; never jumps."""
    trusted: bool
    """Whether the wall clock was set by a trusted source since boot."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Reading:
        """Look at the clock."""


class SettableClock(Clock, Protocol):
    """A clock that a trusted source may set."""

    def set(self, wall: int) -> None:
        """Take `wall` (microseconds UTC) as the time now, and trust it from here on."""


class IdSource(Protocol):
    """Makes ids."""

    def next(self) -> str:
        """Return a new UUIDv7 in its usual text form."""


class Random(Protocol):
    """Makes secrets and jitter."""

    def token(self, size: int) -> bytes:
        """Return `size` random bytes fit for secrets."""

    def fraction(self) -> float:
        """Return a number in [0, 1), for jitter."""
