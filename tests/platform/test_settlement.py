"""What a verdict depends on, and what it must not depend on."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.deposits.bodies import Outcome
from domain.deposits.corrected_time import LONGEST_SENDING, Sending, Span, anchor, corrected
from domain.deposits.settlement import Standing
from simulators.platform_store import SimulatedStore
from tests.platform.world import DAY, GLASS, SECOND, START, Platform, person

PEOPLE = [person("ana"), person("ben")]
pytestmark = pytest.mark.property

items = st.tuples(st.booleans(), st.sampled_from(list(Outcome)), st.sampled_from([GLASS, 7, None]))
visits = st.lists(
    st.tuples(st.sampled_from([0, 1, None]), st.lists(items, max_size=3), st.booleans()), min_size=1, max_size=4
)


def written(story, unknown_a_day=2):
    """A platform, and a machine's journal of these visits: who, their items, and whether the power then goes."""
    platform = Platform(SimulatedStore(), unknown_a_day)
    machine = platform.machine()
    for who, items, power_goes in story:
        opened = machine.open(None if who is None else platform.session(PEOPLE[who]).token, **_by(who))
        for accepted, outcome, points in items:
            platform.clock.advance(SECOND)
            machine.deposit(opened.id, outcome, accepted=accepted, points=points)
        machine.close(opened.id)
        if power_goes:
            platform.clock.advance(60 * SECOND)
            machine.boot()
    return platform, machine


def _by(who):
    from domain.deposits.bodies import Opener

    return {"by": Opener.GUEST if who is None else Opener.SESSION}


def verdicts(platform):
    """What the platform makes of each entry, by the entry's place in the journal."""
    return dict(platform.store.rows.record.verdicts)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=visits, cuts=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=12))
def test_overlapping_batches_in_any_order_come_to_the_same_as_one(story, cuts):
    platform, machine = written(story)
    platform.send(machine)
    wanted, balances = verdicts(platform), [platform.balance(who) for who in PEOPLE]
    platform, machine = written(story)
    for start, size in cuts:
        platform.send(machine, machine.entries[start : start + size])
    platform.send(machine)
    assert verdicts(platform) == wanted
    assert [platform.balance(who) for who in PEOPLE] == balances


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=visits, later=st.integers(0, 40 * DAY))
def test_no_verdict_changes_by_a_replay_however_late(story, later):
    platform, machine = written(story)
    platform.send(machine)
    before, events = verdicts(platform), len(platform.store.rows.events)
    platform.publish(9, {}, START - 2 * DAY)
    platform.clock.advance(later)
    again = platform.send(machine)
    assert (again.stored, again.replayed) == (0, len(machine.entries))
    assert verdicts(platform) == before
    published = [row.event.type for row in platform.store.rows.events[events:]]
    assert set(published) <= {"price_list.published", "machine.contacted"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=visits)
def test_points_are_those_of_the_credited_items_and_nothing_else(story):
    platform, machine = written(story)
    recorded = platform.send(machine)
    paid = (Standing.CREDITED, Standing.REPRICED)
    due = sum(each.verdict.points for each in recorded.judged if each.verdict and each.verdict.standing in paid)
    assert sum(platform.balance(who) for who in PEOPLE) == due
    for each in recorded.judged:
        if each.item and each.item.outcome:
            assert (each.verdict.standing in (*paid, Standing.HELD)) == (
                each.item.due and each.visit.person is not None
            )


@settings(max_examples=200, deadline=None)
@given(
    happened=st.integers(0, 3_600 * SECOND),
    sent=st.integers(0, 3_600 * SECOND),
    under_way=st.integers(0, LONGEST_SENDING),
    skew=st.integers(-3 * DAY, 3 * DAY),
    trusted=st.booleans(),
)
def test_the_corrected_span_holds_the_true_time_whatever_the_wall_clock_says(happened, sent, under_way, skew, trusted):
    happened, sent = sorted((happened, sent))
    platform = Platform(SimulatedStore())
    machine = platform.machine()
    machine.skew, machine.trusted = skew, trusted
    platform.clock.wall = START + happened
    entry = machine.open(None, by=next(iter(_by(None).values())))
    platform.clock.wall = START + sent
    reading = machine.reading()
    sending = Sending(machine.epoch, reading.mono, reading.wall, reading.trusted, START + sent + under_way)
    span = corrected(entry, sending, anchor(sending), None)
    assert span.earliest <= START + happened <= span.latest
    assert span.latest - span.earliest <= LONGEST_SENDING + 2 * SECOND


def test_a_span_ends_after_it_begins():
    with pytest.raises(ValueError, match="ends after it begins"):
        Span(2, 1)
