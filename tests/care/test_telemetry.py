"""Samples: what is none, when they happened, how they are thinned out and rolled up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deposits.corrected_time import Sending
from domain.fleet.telemetry import HOUR, LARGEST, MalformedSample, Sample, happened_at, rolled_up, thinned


def sample(seq=0, mono=0, wall=0, trusted=False, boot="b1", **measures):
    return Sample(boot, seq, mono, wall, trusted, measures)


@pytest.mark.parametrize(
    "wrong",
    [
        {"measures": {"Bin": 1}}, {"measures": {"": 1}}, {"measures": {"x" * 41: 1}}, {"measures": {"bin": True}},
        {"measures": {"bin": 1.5}}, {"measures": {"bin": LARGEST + 1}}, {"measures": {"silence": 1}},
        {"measures": {f"m{n}": n for n in range(65)}}, {"faults": ("No Name",)}, {"faults": ("a",) * 33},
        {"words": {"model": "x" * 121}}, {"words": {"model": "a\nb"}},
    ],
)  # fmt: skip
def test_what_is_no_sample(wrong):
    with pytest.raises(MalformedSample):
        Sample("b1", 0, 0, 0, False, **wrong)


def test_the_monotonic_clock_tells_when_it_was_whatever_the_wall_clock_shows():
    sending = Sending("b1", mono=1_000, wall=5, trusted=True, received=50_000)
    assert happened_at(sample(mono=400, wall=99), sending) == 49_400
    assert happened_at(sample(mono=2_000), sending) == 50_000, "nothing happens after it came"
    assert happened_at(sample(mono=400, wall=44_000, trusted=True, boot="b0"), sending) == 44_000
    assert happened_at(sample(mono=400, wall=44_000, boot="b0"), sending) == 50_000


@given(st.integers(0, 500), st.integers(2, 50))
def test_thinning_keeps_the_newest_the_order_and_the_bound(count, most):
    samples = [sample(number) for number in range(count)]
    kept = thinned(samples, most)
    numbers = [each.seq for each in kept]
    assert len(kept) == min(count, most) or most // 2 <= len(kept) <= most
    assert numbers == sorted(set(numbers))
    if count:
        assert numbers[-1] == count - 1
        assert numbers[0] == 0
    if count <= most:
        assert kept == samples


@given(st.lists(st.tuples(st.integers(0, 5 * HOUR), st.integers(-1000, 1000)), max_size=40), st.integers(0, 40))
def test_hours_add_up_however_the_samples_came(readings, cut):
    timed = [(at, sample(number, bin_level=value)) for number, (at, value) in enumerate(readings)]
    whole = rolled_up("m1", timed)
    parts = rolled_up("m1", timed[:cut])
    for place, hour in rolled_up("m1", timed[cut:]).items():
        parts[place] = parts[place].and_also(hour) if place in parts else hour
    assert parts == whole
    assert sum(hour.count for hour in whole.values()) == len(readings)
    assert sum(hour.total for hour in whole.values()) == sum(value for _, value in readings)
    for (begin, _), hour in whole.items():
        values = [value for at, value in readings if begin <= at < begin + HOUR]
        assert (hour.least, hour.most, hour.hour) == (min(values), max(values), begin)
