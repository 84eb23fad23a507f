"""Times as people's apps get them: RFC 3339 in UTC, from the microseconds that everything inside uses."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST = (datetime(1, 1, 1, tzinfo=timezone.utc) - _EPOCH) // timedelta(microseconds=1)
_LAST = (datetime(9999, 12, 31, tzinfo=timezone.utc) - _EPOCH) // timedelta(microseconds=1) + 86_400_000_000 - 1


def rfc3339(microseconds: int) -> str:
    """Return `2026-05-01T12:00:00.000000Z` for microseconds since 1970, UTC.

    A machine's clock may have said any number: what lies outside of the years 1 to 9999 is written as the nearest
    moment within.
    """
    moment = _EPOCH + timedelta(microseconds=max(_FIRST, min(microseconds, _LAST)))
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970, UTC, for a moment with a time zone."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
