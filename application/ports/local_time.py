"""The time of day where the machine stands."""

from __future__ import annotations

from typing import Protocol

from domain.commissioning.night import LocalTime


class Zone(Protocol):
    """A time zone."""

    def local(self, wall: int) -> LocalTime:
        """Return the day and the minute there at `wall`, microseconds UTC."""
