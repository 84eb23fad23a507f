"""Marks and their intervals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.crop import crop_window
from domain.learning.evaluation import (
    Interval,
    Judgement,
    Sighting,
    calibration_error,
    fit_temperature,
    softmax,
)


def test_wilson_as_worked_out_by_hand():
    low, high = Interval(400, 430).bounds
    assert (round(low, 4), round(high, 4)) == (0.9022, 0.9507)


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share(hits, more):
    interval = Interval(hits, hits + more)
    low, high = interval.bounds
    assert 0 <= low <= interval.share <= high <= 1


def test_marks():
    judged = Judgement(
        (
            Sighting("glass", "glass", 0.9, accepted=True, reason="container"),
            Sighting("glass", "plastic", 0.6, accepted=True, reason="container"),
            Sighting("paper", "glass", 0.8, accepted=True, reason="container"),
            Sighting("metal", None, 0.0, accepted=False, reason="no_item"),
        )
    )
    assert (judged.six_class.hits, judged.decision.hits) == (1, 2)
    assert judged.refused_singly({"no_item"}) == Interval(1, 3)
    assert judged.precision("glass") == Interval(1, 2)
    assert judged.recall("glass") == Interval(1, 2)
    assert sum(map(sum, judged.confusion())) == 4


@pytest.mark.parametrize("temperature", [0.6, 1.0, 2.5])
def test_the_temperature_is_found_again(temperature):
    """Truths in exact proportion to softmax(logits / t) are most likely at t."""
    logits, truths = [], []
    for row in ([2.0, 0.0, -1.0], [0.5, 0.0, 0.2], [3.0, 1.0, 0.0]):
        for truth, chance in enumerate(softmax(row, temperature)):
            count = round(chance * 300)
            logits += [row] * count
            truths += [truth] * count
    assert fit_temperature(logits, truths) == pytest.approx(temperature, rel=0.03)


def test_calibration_error_of_the_honest_and_of_the_boaster():
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0.0)
    assert calibration_error([(1.0, False)] * 4) == pytest.approx(1.0)


@given(
    st.tuples(st.integers(0, 300), st.integers(0, 400), st.integers(1, 84), st.integers(1, 112)),
    st.floats(0, 0.5),
    st.booleans(),
)
def test_the_crop_window_lies_in_the_frame_and_holds_the_box(box, margin, square):
    x0, y0, wide, tall = box
    left, top, right, bottom = crop_window((x0, y0, x0 + wide, y0 + tall), (384, 512), margin=margin, square=square)
    assert 0 <= left <= x0
    assert x0 + wide <= right <= 384
    assert 0 <= top <= y0
    assert y0 + tall <= bottom <= 512
    assert math.isfinite(left + top + right + bottom)
