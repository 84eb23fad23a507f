"""Deposits are recorded in order, exactly once, and paid; what is wrong gets its verdict and blocks nothing."""

import pytest

from application.platform.errors import UnknownMachine
from application.platform.record_deposits import Batch, BatchTooLong
from application.ports.clock import Reading
from domain.deposits.bodies import Booted, Opener
from domain.deposits.journal import Cursor, Kind, place_of
from domain.deposits.recognition import Material
from domain.deposits.session import State
from domain.deposits.settlement import Standing, Why
from tests.platform.world import GLASS, PLASTIC, SECOND, person

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


# ------------------------------------------------------------------ refusals of the whole batch


def test_a_machines_batches_come_one_after_the_other_by_whichever_workers_clock(platform):
    """A month ends between two batches: the second one comes to a worker whose clock is a second behind."""
    machine = platform.machine()
    platform.send(machine)
    at = len(machine.entries)
    machine.visit(platform.session(ANA).token)
    before = platform.clock.wall
    platform.clock.advance(SECOND)
    platform.send(machine, machine.entries[at : at + 1])
    platform.clock.wall = before
    platform.send(machine, machine.entries[at + 1 :])
    with platform.store(read_only=True) as work:
        assert work.machines.get(machine.machine).contacted_at == before + SECOND
        paid = [event for event in work.outbox.unpublished(99) if event.type == "points.credited"]
    assert [event.at for event in paid] == [before + SECOND]


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
