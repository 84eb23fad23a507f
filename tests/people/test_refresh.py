"""A family of refresh tokens: one generation counts, a lost reply is forgiven, a theft is not."""

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.people.refresh import (
    GRACE,
    IDLE,
    LONGEST,
    SECONDS,
    End,
    RefreshEnded,
    RefreshExpired,
    RefreshRefused,
    RefreshReused,
    RefreshUnknown,
    ended,
    opened,
    presented,
)

NOW = 1_700_000_000 * SECONDS


def family(now=NOW):
    return opened("f", "p", "o", now)


def test_each_refresh_moves_one_generation_on():
    first = presented(family(), 0, NOW + 1)
    second = presented(first, 1, NOW + 2)
    assert (first.generation, second.generation, second.rotated_at) == (1, 2, NOW + 2)


def test_a_lost_reply_is_answered_again_within_the_grace_and_no_longer():
    moved = presented(family(), 0, NOW)
    assert presented(moved, 0, NOW + GRACE - 1) == moved
    with pytest.raises(RefreshReused):
        presented(moved, 0, NOW + GRACE)


def test_a_generation_older_than_the_one_before_is_a_theft_at_once():
    moved = presented(presented(family(), 0, NOW), 1, NOW)
    with pytest.raises(RefreshReused):
        presented(moved, 0, NOW)


def test_once_ended_nothing_counts_and_the_first_reason_stays():
    over = ended(family(), End.REUSED)
    assert ended(over, End.SIGNED_OUT).ended is End.REUSED
    with pytest.raises(RefreshEnded):
        presented(over, 0, NOW)


def test_a_generation_never_given_out_is_unknown_and_ends_nothing():
    with pytest.raises(RefreshUnknown):
        presented(family(), 1, NOW)


@pytest.mark.parametrize("generation", [0, 1])
def test_an_unused_family_expires(generation):
    moved = presented(family(), 0, NOW)
    with pytest.raises(RefreshExpired):
        presented(moved, generation, NOW + IDLE)


def test_nobody_stays_signed_in_for_ever():
    late = evolve(family(), rotated_at=NOW + LONGEST - 1)
    with pytest.raises(RefreshExpired):
        presented(late, 0, NOW + LONGEST)


class AThiefAndAnOwner(RuleBasedStateMachine):
    """Both hold copies of tokens and use them in any order, at any time.

    A token used by one side and, later than the grace, by the other always ends the family.
    """

    @initialize()
    def begin(self):
        self.family = family()
        self.now = NOW
        self.used: dict[int, int] = {}

    @rule(seconds=st.integers(0, 90))
    def time_passes(self, seconds):
        self.now += seconds * SECONDS

    @rule(back=st.integers(0, 3))
    def somebody_presents(self, back):
        generation = self.family.generation - back
        if generation < 0 or self.family.ended:
            return
        first = self.used.setdefault(generation, self.now)
        try:
            self.family = presented(self.family, generation, self.now)
        except RefreshReused:
            self.family = ended(self.family, End.REUSED)
            assert back > 1 or self.now - first >= GRACE
        else:
            assert back == 0 or (back == 1 and self.now - first < GRACE)

    @invariant()
    def what_is_over_stays_over(self):
        if self.family.ended:
            for generation in range(self.family.generation + 2):
                with pytest.raises(RefreshRefused):
                    presented(self.family, generation, self.now)


AThiefAndAnOwner.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
test_a_thief_and_an_owner = pytest.mark.property(AThiefAndAnOwner.TestCase)
