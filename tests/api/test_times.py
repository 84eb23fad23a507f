"""Times on the wire."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.api.times import microseconds, rfc3339


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_777_636_800_000_001, "2026-05-01T12:00:00.000001Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
        (-(2**63), "0001-01-01T00:00:00.000000Z"),
        (2**63 - 1, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_a_moment_is_written_in_one_way(number, text):
    assert rfc3339(number) == text


@given(st.datetimes(timezones=st.just(timezone.utc)))
def test_a_moment_is_read_as_it_was_written(moment):
    assert datetime.fromisoformat(rfc3339(microseconds(moment)).replace("Z", "+00:00")) == moment
