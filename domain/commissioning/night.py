"""When a machine tests itself: once a night, in the quiet hours of its own time zone."""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import and_, ge, instance_of, lt

QUIET_HOURS = 3
"""For so long from the hour on it is tried; a machine that was never free meanwhile does it the next night."""
DAY_MINUTES = 24 * 60


@frozen
class LocalTime:
    """A moment as the clock on the wall beside the machine has it."""

    day: int
    """Days since 1970-01-01."""
    minute: int = field(validator=and_(instance_of(int), ge(0), lt(DAY_MINUTES)))
    """Since midnight."""


def night_of(now: LocalTime, hour: int) -> int | None:
    """Return the number of the night that goes on, or None: a night that begins before midnight is that day's."""
    since = now.minute - 60 * hour
    if 0 <= since < 60 * QUIET_HOURS:
        return now.day
    if 0 <= since + DAY_MINUTES < 60 * QUIET_HOURS:
        return now.day - 1
    return None


def due(now: LocalTime, hour: int, last: int | None) -> bool:
    """Tell whether the self-test is due; `last` is the night of the last one."""
    night = night_of(now, hour)
    return night is not None and night != last
