"""Alert rules: hysteresis, holding, order. The laws stand in domain/fleet/alert.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.alert import BY_NAME, MINUTE, RULES, Alert, Change, Rule, Standing, UnfitRule, read, readings
from domain.fleet.telemetry import SECONDS, Sample

FULL = BY_NAME["bin_full"]
RULE = Rule("warm", "heat", 100, 50, hold=30 * SECONDS, settle=20 * SECONDS)


def told(rule, values, step=30 * SECONDS):
    """Read values, one each step; return the changes as (index, change, since)."""
    alert, changes = Alert("m1", rule.name), []
    for place, value in enumerate(values):
        turn = read(rule, alert, value, place * step)
        alert = turn.alert
        if turn.change:
            changes.append((place, turn.change, turn.since))
    return alert, changes


def test_beyond_for_long_enough_raises_and_the_outage_began_when_it_rose():
    alert, changes = told(RULE, [10, 100, 120])
    assert changes == [(2, Change.RAISED, 30 * SECONDS)]
    assert alert.raised
    assert alert.began == 30 * SECONDS


def test_a_peak_that_does_not_last_raises_nothing():
    assert told(RULE, [100, 99, 100, 0])[1] == []


def test_between_the_bounds_it_stays_raised_and_calm_for_long_enough_clears():
    _, changes = told(RULE, [100, 100, 51, 99, 50, 51, 50, 50])
    assert changes == [(1, Change.RAISED, 0), (7, Change.CLEARED, 180 * SECONDS)]


@given(st.lists(st.integers(51, 99), max_size=50), st.booleans())
def test_nothing_between_the_bounds_changes_anything(values, raised):
    alert = Alert("m1", "warm", Standing.RAISED if raised else Standing.QUIET)
    for at, value in enumerate(values):
        turn = read(RULE, alert, value, at * MINUTE)
        assert turn.change is None
        alert = turn.alert
    assert alert.raised == raised


@given(
    st.sampled_from(RULES), st.lists(st.tuples(st.integers(0, 100_000), st.integers(-50, 200 * SECONDS)), max_size=60)
)
def test_raised_and_cleared_take_turns_and_nothing_older_changes_anything(rule, steps):
    alert, at, last = Alert("m1", rule.name), 0, Change.CLEARED
    for value, step in steps:
        at += step
        before = alert
        turn = read(rule, alert, value, at)
        alert = turn.alert
        if at <= before.read_at:
            assert turn == type(turn)(before)
        elif turn.change:
            assert turn.change is not last
            last = turn.change
            assert turn.since <= at
            assert (value >= rule.raise_at) if last is Change.RAISED else (value <= rule.clear_at)
        assert alert.raised == (last is Change.RAISED)


def test_silence_is_so_since_the_last_contact():
    silent = BY_NAME["silent"]
    turn = read(silent, Alert("m1", "silent"), 130, 200 * SECONDS, since=70 * SECONDS)
    assert (turn.change, turn.since) == (Change.RAISED, 70 * SECONDS)
    back = read(silent, turn.alert, 0, 300 * SECONDS)
    assert (back.change, back.since) == (Change.CLEARED, 300 * SECONDS)


def test_a_rule_whose_bounds_touch_is_none():
    with pytest.raises(UnfitRule):
        Rule("bad", "x", 10, 10)


def test_what_keeps_a_machine_from_serving_is_hardware_or_software():
    def of(serving, *faults):
        found = readings(Sample("b", 0, 1, 1, True, serving=serving, faults=faults))
        return found["out_hardware"], found["out_software"]

    assert of(True, "motor") == (0, 0)
    assert of(False, "vision") == (0, 1)
    assert of(False) == (0, 1)
    assert of(False, "vision", "motor") == (1, 0)
    assert readings(Sample("b", 0, 1, 1, True, {"bin_level": 3})) == {"bin_level": 3}


def test_every_rule_has_a_name_of_its_own():
    assert len(BY_NAME) == len(RULES)
    assert FULL.opens_ticket
    assert not BY_NAME["bin_nearly_full"].opens_ticket


def test_who_serves_with_a_broken_part_is_impaired_and_what_a_measure_tells_is_not_told_twice():
    def impaired(serving, *faults):
        return readings(Sample("b", 0, 0, 0, trusted=True, serving=serving, faults=faults))["impaired"]

    assert impaired(True, "climate_sensor") == 1
    assert impaired(True, "bin_full", "climate", "door") == 0
    assert impaired(True) == impaired(False, "motor") == impaired(True, "journal") == 0
