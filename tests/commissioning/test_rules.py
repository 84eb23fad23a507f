"""The rules alone: bounds, drift, nights, safety, and the guide."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commissioning.drift import DRIFTS, Drift, compared
from domain.commissioning.guide import (
    ANSWERED,
    Guide,
    Has,
    NoInstaller,
    NotNow,
    Phase,
    Reason,
    Step,
    Task,
    steps,
)
from domain.commissioning.kinds import KINDS, kind_of
from domain.commissioning.lines import Bound, Kind, Unit, Verdict, Why, judged, without, worst
from domain.commissioning.night import DAY_MINUTES, QUIET_HOURS, LocalTime, due, night_of
from domain.commissioning.safety import Danger, Surroundings, danger

KIND = Kind(Unit.MILLIMETRE, Bound(low=10, high=20, least=5, most=25))


@pytest.mark.parametrize(
    ("value", "verdict", "why"),
    [
        (4, Verdict.FAIL, Why.LOW), (5, Verdict.WARN, Why.LOW), (9, Verdict.WARN, Why.LOW),
        (10, Verdict.PASS, Why.WITHIN), (20, Verdict.PASS, Why.WITHIN),
        (21, Verdict.WARN, Why.HIGH), (25, Verdict.WARN, Why.HIGH),
        (26, Verdict.FAIL, Why.HIGH),
    ],
)  # fmt: skip
def test_a_number_is_judged_by_its_bounds(value, verdict, why):
    line = judged("x", KIND, value)
    assert (line.verdict, line.why) == (verdict, why)


def test_bounds_that_cross_are_none():
    for odd in ({"low": 1, "least": 2}, {"high": 2, "most": 1}):
        with pytest.raises(ValueError, match="beyond"):
            Bound(**odd)


def test_a_number_without_bounds_is_recorded():
    assert judged("ground_focus", KINDS["ground_focus"], 7).why is Why.RECORDED


def test_what_nobody_measured_is_no_pass_and_no_failure():
    good, left = judged("x", KIND, 15), without("x", KIND, Verdict.UNMEASURED, Why.PASSED_OVER)
    assert worst([good]) is Verdict.PASS
    assert worst([good, left]) is Verdict.WARN
    assert worst([good, left, judged("x", KIND, 0)]) is Verdict.FAIL
    assert worst([]) is Verdict.PASS


# ------------------------------------------------------------------ drift


def test_drift_names_kinds_that_there_are():
    assert set(DRIFTS) <= set(KINDS)


@given(was=st.integers(0, 10**6), now=st.integers(0, 10**6))
def test_what_stays_as_it_was_has_not_drifted(was, now):
    drift = Drift(up=10, up_permille=200, down=10)
    assert not drift.beyond(was, was)
    assert drift.beyond(was, now) == (now - was > max(10, was // 5) or was - now > 10)


def test_a_line_of_that_day_stands_beside_tonights_and_a_failure_stays_one():
    installed = [judged("echo_spread.all", kind_of("echo_spread"), 3)]
    for value, verdict in ((9, Verdict.PASS), (10, Verdict.WARN), (16, Verdict.WARN), (61, Verdict.FAIL)):
        (line,) = compared([judged("echo_spread.all", kind_of("echo_spread"), value)], installed)
        assert (line.was, line.verdict) == (3, verdict)
    (line,) = compared([judged("echo_spread.cans", kind_of("echo_spread"), 14)], installed)
    assert (line.was, line.verdict) == (None, Verdict.PASS)


# ------------------------------------------------------------------ nights


@given(day=st.integers(0, 40_000), minute=st.integers(0, DAY_MINUTES - 1), hour=st.integers(0, 23))
def test_a_night_is_tested_once(day, minute, hour):
    now = LocalTime(day, minute)
    night = night_of(now, hour)
    assert due(now, hour, night) is False
    assert due(now, hour, None) is (night is not None)


@pytest.mark.parametrize("hour", range(24))
def test_a_night_is_one_also_over_midnight(hour):
    minutes = range(DAY_MINUTES * 3)
    nights = [night_of(LocalTime(*divmod(at, DAY_MINUTES)), hour) for at in minutes]
    runs = [(night, len(list(run))) for night, run in itertools.groupby(nights)]
    inner = [run for run in runs[1:-1] if run[0] is not None]
    assert inner
    assert all(length == QUIET_HOURS * 60 for _, length in inner)
    assert len({night for night, _ in inner}) == len(inner)


# ------------------------------------------------------------------ safety


@given(
    reserved=st.booleans(), item=st.booleans() | st.none(), opening=st.booleans() | st.none(),
    door=st.booleans() | st.none(), blind=st.booleans(),
)  # fmt: skip
def test_something_moves_only_where_all_is_known_and_free(reserved, item, opening, door, blind):
    free = reserved and item is False and not opening and not door and not blind
    assert (danger(Surroundings(reserved, item, opening, door, blind)) is None) == free


def test_who_is_served_comes_first():
    assert danger(Surroundings(reserved=False, item=True, blind=True)) is Danger.VISIT


# ------------------------------------------------------------------ the guide

EVERYTHING = Has(("all", "cans"), door=True, light=True, diverter=True)
LINES = (judged("camera", KINDS["camera"], 1_000),)


def test_the_door_is_opened_only_after_what_needs_it_shut():
    order = [step.task for step in steps(EVERYTHING)]
    assert order.index(Task.DOOR) > max(order.index(task) for task in (Task.STILL, Task.BOTTLE, Task.DIVERTER))
    assert set(order) == set(Task)
    assert set(steps(Has())) == {Step(task) for task in (Task.STILL, Task.LENS, Task.HAND, Task.BOTTLE)}


def test_all_steps_are_walked_and_each_leaves_its_lines():
    guide = Guide(steps(EVERYTHING)).begin("  Sari   Wulandari ")
    assert guide.installer == "Sari Wulandari"
    for step in guide.steps:
        assert guide.step == step
        if step.task in ANSWERED:
            guide = guide.saw(right=True)
        else:
            guide = guide.measure().measured(LINES).measure().measured(LINES).on()
    assert guide.phase is Phase.FINISHED
    assert len(guide.done) == len(guide.steps)


def test_what_is_passed_over_says_why_and_keeps_what_was_measured():
    guide = Guide(steps(Has())).begin("Sari").pass_over(Reason.LATER)
    assert {line.why for line in guide.lines} == {Why.PASSED_OVER}
    assert {line.said for line in guide.lines} == {"later"}
    guide = guide.measure().measured(LINES).pass_over(Reason.OUT_OF_REACH)
    lens = {line.name: line.verdict for line in guide.done[-1]}
    assert lens.pop("camera") is Verdict.PASS
    assert set(lens.values()) == {Verdict.UNMEASURED}


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\nb\x07", "7", "<b>"])
def test_somebody_must_answer_for_it(name):
    with pytest.raises(NoInstaller):
        Guide(steps(Has())).begin(name)


WORDS = {
    "begin": lambda guide: guide.begin("Sari"), "measure": Guide.measure, "on": Guide.on,
    "measured": lambda guide: guide.measured(LINES), "saw": lambda guide: guide.saw(right=True),
    "pass over": lambda guide: guide.pass_over(Reason.LATER),
}  # fmt: skip


@given(words=st.lists(st.sampled_from(sorted(WORDS)), max_size=60))
def test_in_any_order_a_word_is_taken_or_changes_nothing(words):
    guide = Guide(steps(EVERYTHING))
    for word in words:
        try:
            after = WORDS[word](guide)
        except NotNow:
            continue
        assert after != guide or word in ("measured", "measure")
        assert after.at - guide.at in (0, 1)
        assert len(after.done) == after.at
        assert after.phase is not Phase.FINISHED or after.at == len(after.steps)
        guide = after
