"""The port Zone, by the system's time zone data (IANA), or by the `tzdata` package where a system has none."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.commissioning.night import LocalTime

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class NoSuchZone(ValueError):
    """This system knows no time zone of that name."""


class SystemZone:
    """One zone, by its name: `Asia/Jakarta`."""

    def __init__(self, name: str) -> None:
        """Raises NoSuchZone."""
        try:
            self._zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as odd:
            raise NoSuchZone(f"{name!r} is no time zone of this system (as in Asia/Jakarta)") from odd

    def local(self, wall: int) -> LocalTime:
        """Return the day and the minute there."""
        there = (_EPOCH + timedelta(microseconds=wall)).astimezone(self._zone)
        return LocalTime((there.date() - date(1970, 1, 1)).days, 60 * there.hour + there.minute)
