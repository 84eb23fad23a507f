"""The life of a command: carried out at most once, and never late."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.command import (
    NO_OUTCOME,
    OUTCOME_WITHIN,
    OVER,
    CommandOver,
    Kind,
    State,
    Told,
    UnfitCommand,
    deliver,
    issue,
    lapse,
    tell,
    text,
)  # fmt: skip
from domain.fleet.telemetry import SECONDS

LIFE = 60


def new(kind=Kind.REBOOT, parameters=None, life=LIFE):
    return issue("c1", "o", "m1", kind, parameters or {}, "olga", 0, life)


def test_the_bytes_are_these():
    assert text(new(Kind.SET_MODE, {"mode": "local"})) == (
        b'{"expires_at":60000000,"id":"c1","issued_at":0,"kind":"set_mode","machine":"m1",'
        b'"parameters":{"mode":"local"},"v":1}'
    )
    assert json.loads(text(new()))["parameters"] == {}


@pytest.mark.parametrize(
    ("kind", "parameters", "life"),
    [
        (Kind.SET_MODE, {}, 60), (Kind.SET_MODE, {"mode": "remote"}, 60), (Kind.REBOOT, {"now": "yes"}, 60),
        (Kind.REBOOT, {}, 9), (Kind.REBOOT, {}, 24 * 3600 + 1),
    ],
)  # fmt: skip
def test_what_no_machine_can_be_told(kind, parameters, life):
    with pytest.raises(UnfitCommand):
        new(kind, parameters, life)


def test_told_again_changes_nothing_and_what_contradicts_the_end_is_refused():
    accepted = tell(deliver(new(), 1), Told.ACCEPTED, "", 2)
    assert tell(accepted, Told.ACCEPTED, "", 3) is accepted
    done = tell(accepted, Told.SUCCEEDED, "rebooted", 4)
    assert tell(done, Told.SUCCEEDED, "again", 5) is done
    for told in (Told.FAILED, Told.ACCEPTED):
        with pytest.raises(CommandOver):
            tell(done, told, "", 5)


def test_nothing_is_accepted_late_and_what_was_accepted_in_time_may_end_late():
    end = LIFE * SECONDS
    with pytest.raises(CommandOver) as over:
        tell(deliver(new(), 1), Told.ACCEPTED, "", end)
    assert over.value.state is State.EXPIRED
    with pytest.raises(CommandOver):
        deliver(new(), end)
    accepted = tell(new(), Told.ACCEPTED, "", end - 1)
    assert tell(accepted, Told.SUCCEEDED, "", end + 5).state is State.SUCCEEDED
    lost = lapse(accepted, end - 1 + OUTCOME_WITHIN)
    assert (lost.state, lost.detail) == (State.FAILED, NO_OUTCOME)


def test_an_outcome_without_acceptance_is_refused():
    for command in (new(), deliver(new(), 1), lapse(new(), LIFE * SECONDS)):
        with pytest.raises(CommandOver):
            tell(command, Told.FAILED, "", 2)


STEP = st.tuples(st.sampled_from(["deliver", *Told]), st.integers(0, 40 * SECONDS))


@given(st.lists(STEP, max_size=25))
def test_whatever_comes_it_is_accepted_once_in_time_and_its_end_stays(steps):
    command, now, ends, accepted = new(), 0, [], []
    for step, passed in steps:
        now += passed
        before = command
        try:
            command = deliver(command, now) if step == "deliver" else tell(command, step, "", now)
        except CommandOver:
            command = lapse(command, now)
        if command.state is State.ACCEPTED and before.state is not State.ACCEPTED:
            accepted.append(now)
        if command.state in OVER and before.state not in OVER:
            ends.append(command.state)
        if before.state in OVER:
            assert command == before
    assert len(accepted) <= 1
    assert len(ends) <= 1
    assert all(moment < command.expires_at for moment in accepted)
    assert (command.state in {State.SUCCEEDED, State.FAILED}) <= bool(accepted)
