"""Deposits are recorded in order, exactly once, and paid; what is wrong gets its verdict and blocks nothing."""

import pytest

from application.platform.errors import UnknownMachine
from application.platform.record_deposits import Batch, BatchTooLong
from application.ports.clock import Reading
from domain.deposits.bodies import Booted, Opener, Outcome
from domain.deposits.journal import Cursor, Kind, place_of
from domain.deposits.recognition import Material
from domain.deposits.session import State
from domain.deposits.settlement import Standing, Why
from tests.platform.world import DAY, GLASS, OTHER_KEY, PLASTIC, SECOND, Platform, person

ANA, BEN = person("ana"), person("ben")


def verdicts(recorded):
    return [(each.verdict.standing, each.verdict.why) for each in recorded.judged if each.verdict]


def kinds(recorded):
    return [alarm.kind for alarm in recorded.alarms]


def test_a_visit_becomes_points(platform):
    machine, session = platform.machine(), platform.session(ANA)
    machine.visit(session.token, items=3)
    recorded = platform.send(machine)
    assert recorded.cursor == place_of(machine.entries[-1])
    assert verdicts(recorded) == [(Standing.CREDITED, Why.PROMISED)] * 3
    assert platform.balance(ANA) == 3 * GLASS
    lines = platform.history(ANA)
    assert [line.verdict.points for line in lines] == [GLASS] * 3
    assert all(line.machine_name == "Hall 1" for line in lines)
    with platform.store(read_only=True) as work:
        used = work.sessions.get(session.session.id)
    assert (used.state, used.visit) == (State.USED, machine.entries[1].id)


def test_the_same_batch_again_changes_nothing(platform):
    machine = platform.machine()
    machine.visit(platform.session(ANA).token, items=2)
    platform.send(machine)
    with platform.store(read_only=True) as work:
        before = work.outbox.waiting()
    again = platform.send(machine)
    assert (again.stored, again.replayed) == (0, len(machine.entries))
    assert again.cursor == place_of(machine.entries[-1])
    assert platform.balance(ANA) == 2 * GLASS
    with platform.store(read_only=True) as work:
        assert work.outbox.waiting() == before


def test_one_entry_at_a_time_comes_to_the_same_as_all_at_once(platform):
    together, apart = platform.machine("together"), platform.machine("apart")
    together.visit(platform.session(ANA).token, items=2)
    platform.send(together)
    apart.visit(platform.session(BEN).token, items=2)
    for entry in apart.entries:
        platform.send(apart, [entry])
    assert platform.balance(ANA) == platform.balance(BEN) == 2 * GLASS
    assert [line.verdict for line in platform.history(ANA)] == [line.verdict for line in platform.history(BEN)]


def test_a_gap_stops_the_sync_and_says_how_far_it_is_held(platform):
    machine = platform.machine()
    machine.visit(platform.session(ANA).token, items=1)
    platform.send(machine, machine.entries[:2])
    gap = platform.send(machine, machine.entries[3:])
    assert (gap.gap, gap.stored, gap.cursor) == (True, 0, place_of(machine.entries[1]))
    rest = platform.send(machine, machine.entries[2:])
    assert not rest.gap
    assert platform.balance(ANA) == GLASS


def test_what_comes_before_a_gap_in_a_batch_is_kept(platform):
    machine = platform.machine()
    machine.visit(platform.session(ANA).token, items=1)
    torn = platform.send(machine, [*machine.entries[:2], *machine.entries[3:]])
    assert (torn.gap, torn.stored, torn.cursor) == (True, 2, place_of(machine.entries[1]))


def test_a_gap_at_the_very_start_is_held_up_to_nothing(platform):
    machine = platform.machine()
    machine.visit(None)
    gap = platform.send(machine, machine.entries[1:])
    assert (gap.gap, gap.cursor) == (True, None)


def test_a_fork_is_kept_and_judged_and_raises_an_alarm(platform):
    """A disk restored from a copy: two boots follow the same entry."""
    machine = platform.machine()
    at, seq, epoch = machine.prev, machine.seq, machine.epoch
    machine.visit(platform.session(ANA).token)
    platform.send(machine)
    machine.prev, machine.seq, machine.epoch = at, seq, epoch
    copied = len(machine.entries)
    machine.boot()
    machine.visit(platform.session(BEN).token)
    recorded = platform.send(machine, machine.entries[copied:])
    assert kinds(recorded) == ["fork"]
    assert (platform.balance(ANA), platform.balance(BEN)) == (GLASS, GLASS)


def test_an_entry_replayed_with_other_bytes_is_refused_and_the_machine_goes_on(platform):
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    at, seq = machine.prev, machine.seq
    cheap = machine.decide(opened.id, Material.PLASTIC, points=PLASTIC)
    machine.settle(cheap.id)
    platform.send(machine)
    machine.prev, machine.seq = at, seq
    forged = machine.write(Booted("1.0", "m"), id=cheap.id, kind=cheap.kind, body={**cheap.body, "weight_g": 7})
    recorded = platform.send(machine, [forged])
    assert verdicts(recorded) == [(Standing.REFUSED, Why.REUSED_ID)]
    assert kinds(recorded) == ["reused_id"]
    assert platform.balance(ANA) == PLASTIC
    machine.deposit(opened.id)
    assert not platform.send(machine, machine.entries[-2:]).gap
    assert platform.balance(ANA) == PLASTIC + GLASS


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[]", b'{"v":1}', b"x" * 20_000, b'{"v":1.5}'])
def test_what_is_no_entry_is_kept_apart_and_blocks_nothing(platform, raw):
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    recorded = platform.send(machine, [*machine.entries, raw])
    assert (recorded.stored, len(recorded.rejected), recorded.gap) == (2, 1, False)
    assert kinds(recorded) == ["rejected_entry"]
    assert recorded.cursor == Cursor(machine.epoch, 2, recorded.rejected[0].hash)
    # What follows it by hash goes on.
    machine.prev, machine.seq = recorded.rejected[0].hash, 3
    machine.deposit(opened.id)
    assert platform.send(machine, machine.entries[2:]).stored == 2
    assert platform.balance(ANA) == GLASS
    again = platform.send(machine, [raw])
    assert (again.replayed, again.alarms) == (1, ())


def test_an_entry_in_a_wrong_place_is_kept_apart(platform):
    machine = platform.machine()
    machine.open(None, by=Opener.GUEST)
    machine.write(Booted("1.0", "m"), seq=9, kind=machine.entries[1].kind, body=machine.entries[1].body)
    recorded = platform.send(machine)
    assert (recorded.stored, kinds(recorded)) == (2, ["rejected_entry"])
    assert "number 9 where 2 was due" in recorded.rejected[0].why


def test_an_entry_of_another_machine_is_kept_apart(platform):
    machine, other = platform.machine("one"), platform.machine("other")
    other.visit(None)
    recorded = platform.send(machine, [*machine.entries, *other.entries])
    assert recorded.stored == 1
    assert len(recorded.rejected) == len(other.entries)


def test_a_body_that_cannot_be_read_is_stored_and_refused(platform):
    machine = platform.machine()
    machine.write(Booted("1.0", "m"), kind=Kind.VISIT_CLOSED, body={"visit": None})
    recorded = platform.send(machine)
    assert recorded.stored == 2
    assert verdicts(recorded) == [(Standing.REFUSED, Why.MALFORMED_BODY)]


@pytest.mark.parametrize("odd", ["\ud800", "a\0b"])
def test_text_that_no_database_takes_is_refused_and_blocks_nothing(platform, odd):
    machine = platform.machine()
    machine.write(Booted("1.0", "m"), kind=Kind.VISIT_CLOSED, body={"visit": odd, "why": "done"})
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.REFUSED, Why.MALFORMED_BODY)]
    raw = (
        machine.entries[-1].raw.replace(b'"visit"', b'"visit","\\ud800":1,"x"').replace(b'"v":1', b'"v":1,"\\ud800":2')
    )
    assert len(platform.send(machine, [raw]).rejected) == 1


def test_entries_that_name_nothing_known_are_refused(platform):
    machine = platform.machine()
    machine.decide("no such visit")
    machine.settle("no such item")
    machine.close("no such visit")
    recorded = platform.send(machine)
    assert [why for _, why in verdicts(recorded)] == [Why.UNKNOWN_VISIT, Why.UNKNOWN_ITEM, Why.UNKNOWN_VISIT]


def test_an_item_settled_twice_is_paid_once(platform):
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    item = machine.decide(opened.id)
    machine.settle(item.id)
    machine.settle(item.id)
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.CREDITED, Why.PROMISED), (Standing.REFUSED, Why.ALREADY_SETTLED)]
    assert platform.balance(ANA) == GLASS


# ------------------------------------------------------------------ who is paid


def test_a_token_expired_when_scanned_is_refused(platform):
    machine, session = platform.machine(), platform.session(ANA)
    platform.clock.advance(301 * SECOND + 60 * SECOND)
    machine.visit(session.token)
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.REFUSED, Why.EXPIRED_TOKEN)]
    assert platform.balance(ANA) == 0


def test_a_token_scanned_in_time_is_paid_however_late_the_journal_comes(platform):
    machine, session = platform.machine(), platform.session(ANA)
    platform.clock.advance(299 * SECOND)
    machine.visit(session.token)
    platform.clock.advance(20 * DAY)
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.CREDITED, Why.PROMISED)]


def test_a_token_scanned_twice_on_one_machine_is_paid_twice_without_a_signal(platform):
    machine, session = platform.machine(), platform.session(ANA)
    machine.visit(session.token)
    machine.visit(session.token)
    recorded = platform.send(machine)
    assert (kinds(recorded), platform.balance(ANA)) == ([], 2 * GLASS)


def test_a_session_used_on_two_machines_is_paid_on_both_and_signalled(platform):
    one, two, session = platform.machine("one"), platform.machine("two"), platform.session(ANA)
    one.visit(session.token)
    two.visit(session.token)
    assert kinds(platform.send(one)) == []
    assert kinds(platform.send(two)) == ["session_on_two_machines"]
    assert platform.balance(ANA) == 2 * GLASS


def test_a_token_signed_by_another_key_credits_nobody_and_blocks_nothing(platform):
    machine = platform.machine()
    machine.visit(platform.token(ANA, key=OTHER_KEY))
    machine.visit(platform.token(ANA, key=OTHER_KEY, key_id=platform.signer.key_id))
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.REFUSED, Why.FORGED_TOKEN)] * 2
    assert kinds(recorded) == ["forged_token"] * 2
    assert platform.balance(ANA) == 0
    assert platform.history(ANA) == []
    machine.visit(platform.session(ANA).token)
    platform.send(machine, machine.entries[-4:])
    assert platform.balance(ANA) == GLASS


def test_a_token_of_another_organisation_is_refused(platform):
    machine = platform.machine()
    machine.visit(platform.token(ANA, organisation="00000000-0000-7000-8000-000000000000"))
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.REFUSED, Why.OTHER_ORGANISATION)]


def test_a_token_for_another_machine_is_refused(platform):
    machine = platform.machine()
    machine.visit(platform.token(ANA, machine=platform.ids.next()))
    machine.visit(platform.token(BEN, machine=machine.machine))
    assert [why for _, why in verdicts(platform.send(machine))] == [Why.OTHER_MACHINE, Why.PROMISED]


def test_a_token_that_is_none_is_refused(platform):
    machine = platform.machine()
    machine.visit("NOT A TOKEN")
    assert verdicts(platform.send(machine)) == [(Standing.REFUSED, Why.MALFORMED_TOKEN)]


def test_guests_are_thanked(platform):
    machine = platform.machine()
    machine.visit(None)
    assert verdicts(platform.send(machine)) == [(Standing.NOTHING_DUE, Why.GUEST)]


def test_a_withdrawn_session_that_was_scanned_offline_is_paid(platform):
    machine, first = platform.machine(), platform.session(ANA)
    machine.visit(first.token)
    platform.session(ANA)
    platform.send(machine)
    assert platform.balance(ANA) == GLASS
    with platform.store(read_only=True) as work:
        assert work.sessions.get(first.session.id).state is State.USED


# ------------------------------------------------------------------ what is paid


@pytest.mark.parametrize(
    ("accepted", "outcome", "expected"),
    [
        (True, Outcome.STORED, (Standing.CREDITED, Why.PROMISED)),
        (True, Outcome.UNKNOWN, (Standing.CREDITED, Why.PROMISED)),
        (True, Outcome.RETURNED, (Standing.NOTHING_DUE, Why.RETURNED)),
        (False, Outcome.RETURNED, (Standing.NOTHING_DUE, Why.RETURNED)),
        (False, Outcome.STORED, (Standing.NOTHING_DUE, Why.NOT_ACCEPTED)),
        (False, Outcome.UNKNOWN, (Standing.NOTHING_DUE, Why.NOT_ACCEPTED)),
    ],
)
def test_paid_is_what_was_accepted_and_is_stored_or_unknown(platform, accepted, outcome, expected):
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    machine.deposit(opened.id, outcome, accepted=accepted)
    assert verdicts(platform.send(machine)) == [expected]


def test_unknown_outcomes_are_paid_up_to_a_daily_bound(store):
    platform = Platform(store, unknown_a_day=2)
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    for _ in range(3):
        machine.deposit(opened.id, Outcome.UNKNOWN)
    platform.send(machine, machine.entries[:4])
    recorded = platform.send(machine, machine.entries[4:])
    assert verdicts(recorded) == [(Standing.CREDITED, Why.PROMISED), (Standing.HELD, Why.TOO_MANY_UNKNOWN)]
    assert platform.balance(ANA) == 2 * GLASS
    platform.clock.advance(DAY)
    machine.deposit(opened.id, Outcome.UNKNOWN)
    assert verdicts(platform.send(machine, machine.entries[-2:])) == [(Standing.CREDITED, Why.PROMISED)]


def test_the_promise_is_kept_when_its_list_was_in_force_at_the_time(platform):
    platform.publish(2, {Material.GLASS: 10}, platform.clock.wall + 3_600 * SECOND)
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    machine.deposit(opened.id)
    platform.clock.advance(2 * DAY)
    platform.send(machine)
    assert platform.balance(ANA) == GLASS


@pytest.mark.parametrize(
    ("promise", "why", "points"),
    [
        ({"version": "p9"}, Why.UNKNOWN_LIST, GLASS),
        ({"version": "p2", "points": 90}, Why.LIST_NOT_IN_FORCE, GLASS),
        ({"points": 5_000}, Why.PROMISE_DIFFERS, GLASS),
    ],
)
def test_a_promise_that_was_none_is_repriced(platform, promise, why, points):
    platform.publish(2, {Material.GLASS: 90}, platform.clock.wall - 9 * DAY, platform.clock.wall - 5 * DAY)
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    machine.deposit(opened.id, **promise)
    assert verdicts(platform.send(machine)) == [(Standing.REPRICED, why)]
    assert platform.balance(ANA) == points


def test_items_that_were_counted_are_paid_by_the_list_in_force(platform):
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token, price_list=None)
    machine.deposit(opened.id, points=None)
    assert verdicts(platform.send(machine)) == [(Standing.CREDITED, Why.NO_PROMISE)]
    assert platform.balance(ANA) == GLASS


def test_without_any_list_in_force_an_item_is_held(platform):
    platform.clock.advance(40 * DAY)
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token, price_list=None)
    machine.deposit(opened.id, points=None)
    assert verdicts(platform.send(machine)) == [(Standing.HELD, Why.NO_PRICE_LIST)]
    assert platform.balance(ANA) == 0


# ------------------------------------------------------------------ time


@pytest.mark.parametrize("skew", [-3 * DAY, 3 * DAY])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_clock_three_days_off_is_no_error(platform, skew, trusted):
    machine = platform.machine()
    machine.skew, machine.trusted = skew, trusted
    machine.visit(platform.session(ANA).token)
    platform.clock.advance(10 * SECOND)
    recorded = platform.send(machine)
    assert (verdicts(recorded), kinds(recorded)) == ([(Standing.CREDITED, Why.PROMISED)], [])


def test_a_clock_three_days_off_is_no_way_to_use_an_old_token(platform):
    machine, session = platform.machine(), platform.session(ANA)
    platform.clock.advance(DAY)
    machine.skew = -DAY
    machine.visit(session.token)
    assert verdicts(platform.send(machine)) == [(Standing.REFUSED, Why.EXPIRED_TOKEN)]


def test_an_epoch_that_never_sent_anything_is_judged_by_its_place_and_trusted_clock(platform):
    machine, session = platform.machine(), platform.session(ANA)
    machine.visit(session.token)
    platform.clock.advance(3 * DAY)
    machine.boot()
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.CREDITED, Why.PROMISED)]
    opened = next(each for each in recorded.judged if each.visit)
    assert opened.span.earliest >= opened.entry.wall - 130 * SECOND
    assert opened.span.latest <= opened.entry.wall + 130 * SECOND


def test_a_batch_of_an_earlier_epoch_ties_its_clock(platform):
    machine = platform.machine()
    machine.trusted = False
    platform.send(machine)
    platform.clock.advance(3_600 * SECOND)
    session = platform.session(ANA)
    platform.clock.advance(400 * SECOND)
    machine.visit(session.token)
    platform.clock.advance(DAY)
    machine.boot()
    assert verdicts(platform.send(machine)) == [(Standing.REFUSED, Why.EXPIRED_TOKEN)]


# ------------------------------------------------------------------ refusals of the whole batch


def test_batches_of_unknown_machines_and_of_too_many_entries_are_refused(platform):
    with pytest.raises(UnknownMachine):
        platform.record_deposits(Batch("nobody", "boot", Reading(0, 0, trusted=False), []))
    machine = platform.machine()
    with pytest.raises(BatchTooLong):
        platform.send(machine, [b"x"] * 101)


def test_names_that_look_like_code_are_only_names(platform):
    name = "'; DROP TABLE entries; -- <script>alert(1)</script>"
    machine = platform.machine(name)
    machine.visit(platform.session(ANA).token)
    platform.send(machine)
    assert platform.history(ANA)[0].machine_name == name


def test_an_empty_batch_tells_that_the_machine_is_there(platform):
    machine = platform.machine()
    assert platform.send(machine, [], waiting=4).cursor is None
    with platform.store(read_only=True) as work:
        known = work.machines.get(machine.machine)
        events = work.outbox.since(f"machine:{machine.machine}", 0, 100)
    assert (known.contacted_at, known.waiting) == (platform.clock.wall, 4)
    assert [event.type for event in events] == ["machine.registered", "machine.contacted"]
