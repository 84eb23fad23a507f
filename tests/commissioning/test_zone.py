"""The time of day where the machine stands."""

import pytest

from adapters.clock.zone import NoSuchZone, SystemZone
from domain.commissioning.night import LocalTime

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("name", "utc_hours", "day", "minute"),
    [("UTC", 3, 0, 180), ("Asia/Jakarta", 20, 1, 180), ("America/New_York", 3, -1, 22 * 60)],
)
def test_a_moment_has_its_day_and_minute_there(name, utc_hours, day, minute):
    assert SystemZone(name).local(utc_hours * 3_600 * SECOND) == LocalTime(day, minute)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Asia"])
def test_a_zone_that_is_none_is_named(name):
    with pytest.raises(NoSuchZone, match="time zone"):
        SystemZone(name)
