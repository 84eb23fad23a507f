"""Availability by cause: the laws of domain/fleet/availability.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.alert import Cause
from domain.fleet.availability import PPM, EmptySpan, Outage, availability, together

MOMENT = st.integers(0, 200)
OUTAGES = st.lists(
    st.builds(
        lambda cause, began, length: outage(cause, began, None if length is None else began + length),
        st.sampled_from(list(Cause)), MOMENT, st.none() | st.integers(0, 90),
    ),
    max_size=12,
)  # fmt: skip


def outage(cause, began, ended=None):
    return Outage("m1", cause.value, cause, began, ended)


def test_each_moment_is_charged_to_one_cause():
    came = availability([outage(Cause.NETWORK, 10, 60), outage(Cause.BIN_FULL, 40, 80)], 0, 100)
    assert came.down == {Cause.NETWORK: 30, Cause.BIN_FULL: 40}
    assert (came.served, came.ppm) == (30, 300_000)
    assert (came.repairs, came.mean_repair) == (1, 70), "two that overlap are one time without service"


def test_what_goes_on_is_down_until_the_end_and_not_repaired():
    came = availability([outage(Cause.HARDWARE, 90)], 0, 100)
    assert (came.down, came.repairs, came.mean_repair) == ({Cause.HARDWARE: 10}, 0, None)


def test_a_repair_took_as_long_as_it_took_also_before_the_span():
    assert availability([outage(Cause.HARDWARE, 0, 150)], 100, 200).mean_repair == 150


def test_an_empty_span_is_none():
    with pytest.raises(EmptySpan):
        availability([], 5, 5)
    assert together([]).ppm == PPM


@given(OUTAGES, MOMENT, st.integers(1, 100))
def test_it_adds_up_and_matches_a_count_moment_by_moment(outages, begin, length):
    came = availability(outages, begin, begin + length)
    charged = dict.fromkeys(Cause, 0)
    for moment in range(begin, begin + length):
        causes = {
            each.cause for each in outages if each.began <= moment and (each.ended is None or moment < each.ended)
        }
        first = next((cause for cause in Cause if cause in causes), None)
        if first is not None:
            charged[first] += 1
    assert came.down == {cause: time for cause, time in charged.items() if time}
    assert came.served + sum(came.down.values()) == came.span == length


@given(OUTAGES, MOMENT, st.integers(1, 60), st.integers(1, 60), st.randoms())
def test_spans_join_and_order_does_not_matter(outages, begin, first, second, chance):
    whole = availability(outages, begin, begin + first + second)
    shuffled = chance.sample(outages, len(outages))
    joined = together([
        availability(outages, begin, begin + first), availability(shuffled, begin + first, begin + first + second),
    ])  # fmt: skip
    assert joined == whole
