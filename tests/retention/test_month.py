"""Months of UTC: where they begin, where they end, and what they are called."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.retention.month import Month, NoMonth

SECOND = 1_000_000
MOMENTS = st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2200, 1, 1))  # noqa: DTZ001 - UTC below


@pytest.mark.property
@given(moment=MOMENTS)
def test_a_moment_is_in_its_month(moment):
    at = int(moment.replace(tzinfo=datetime.timezone.utc).timestamp()) * SECOND
    month = Month.of(at)
    assert (month.year, month.number) == (moment.year, moment.month)
    assert month.begin <= at < month.end
    assert Month.of(month.begin) == Month.of(month.end - 1) == month
    assert Month.named(month.name) == month


@pytest.mark.property
@given(moment=MOMENTS, many=st.integers(-24, 24))
def test_months_follow_each_other_without_a_gap(moment, many):
    month = Month(moment.year, moment.month)
    assert month.end == month.later(1).begin
    assert month.later(many).later(-many) == month
    assert (month.later(many) > month) is (many > 0)


@pytest.mark.parametrize("name", ["", "default", "2026", "2026_13", "2026_00", "2026-11", "x2026_11"])
def test_what_names_no_month(name):
    with pytest.raises(NoMonth):
        Month.named(name)
