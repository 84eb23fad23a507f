"""Telemetry as it comes in: once, with its alerts, tickets and times without service."""

import pytest
from attrs import evolve

from application.platform.errors import UnknownMachine, UnknownTicket
from application.platform.take_telemetry import LONGEST_BATCH, TooManySamples
from domain.fleet.alert import Cause, Change
from domain.fleet.availability import EmptySpan
from domain.fleet.telemetry import HOUR
from domain.fleet.ticket import State, TakenByAnother
from tests.platform.world import DAY, SECOND, START, person

TIA, TOM = person("tia"), person("tom")
MINUTE = 60 * SECOND


def test_samples_are_taken_once(care):
    machine = care.machine()
    batch = [care.sample(seq, ago=(3 - seq) * SECOND, bin_level=seq) for seq in range(3)]
    assert care.report(machine, *batch).stored == 3
    again = care.report(machine, *batch)
    assert (again.stored, again.replayed) == (0, 3)
    more = care.report(machine, batch[2], care.sample(3), batch[0])
    assert (more.stored, more.replayed) == (1, 2)
    found = care.telemetry.samples(care.house, machine, 0, START + DAY)
    assert [(each.sample.seq, each.at) for each in found] == [
        (0, START - 3 * SECOND), (1, START - 2 * SECOND), (2, START - SECOND), (3, START),
    ]  # fmt: skip
    (hour, _) = care.telemetry.hours(care.house, machine, START - HOUR, START + HOUR, "bin_level"), None
    assert [(each.count, each.least, each.most, each.total) for each in hour] == [(3, 0, 2, 3)]


def test_the_same_number_twice_in_one_batch_is_one_sample(care):
    machine = care.machine()
    taken = care.report(machine, care.sample(0), care.sample(0), care.sample(1))
    assert (taken.stored, taken.replayed) == (2, 1)


def test_a_new_boot_counts_anew(care):
    machine = care.machine()
    care.report(machine, care.sample(7))
    other = "00000000-0000-7000-8000-0000000000b2"
    assert care.report(machine, care.sample(0, boot=other)).stored == 1


def test_who_is_not_known_and_what_is_too_much_is_refused(care):
    with pytest.raises(UnknownMachine):
        care.report("nobody")
    with pytest.raises(TooManySamples):
        care.report(care.machine(), *[care.sample() for _ in range(LONGEST_BATCH + 1)])


def test_a_full_bin_opens_one_ticket_that_closes_when_it_is_emptied(care):
    machine = care.machine()
    care.reports(machine, 5, bin_level=990)
    assert care.alerts() == {(machine, "bin_full"), (machine, "bin_nearly_full")}
    (ticket,) = care.tickets()
    assert (ticket.machine, ticket.rule, ticket.state, ticket.times) == (machine, "bin_full", State.OPEN, 1)
    care.reports(machine, 2, bin_level=20)
    assert care.alerts() == set()
    (ticket,) = care.tickets()
    assert (ticket.state, ticket.resolved_by) == (State.RESOLVED, None)
    care.reports(machine, 2, bin_level=990)
    (ticket,) = care.tickets()
    assert (ticket.state, ticket.times) == (State.OPEN, 2), "back within the hour it is the same ticket"
    assert [each["rule"] for each in care.told("alert.cleared")] == ["bin_nearly_full", "bin_full"]


def test_a_ticket_is_taken_and_resolved_by_a_person_and_the_machine_was_cared_for(care):
    machine = care.machine()
    care.reports(machine, 3, cpu_temperature=90_000)
    (ticket,) = care.tickets()
    care.take_ticket(care.house, TIA, ticket.id)
    with pytest.raises(TakenByAnother):
        care.take_ticket(care.house, TOM, ticket.id)
    with pytest.raises(UnknownTicket):
        care.take_ticket("another house", TIA, ticket.id)
    care.reports(machine, 3, cpu_temperature=40_000)
    assert care.tickets(state=State.TAKEN), "who took it says when it is done"
    care.resolve_ticket(care.house, TIA, ticket.id, "new fan")
    care.clock.advance(SECOND)
    assert care.resolve_ticket(care.house, TIA, ticket.id, "again").note == "new fan"
    _, profile, _ = care.read_machine(care.house, machine)
    assert profile.maintained_at == care.clock.wall - SECOND
    assert [each["state"] for each in care.told("ticket.resolved")] == ["resolved"]


def test_silence_is_an_alert_and_a_heartbeat_ends_it(care):
    machine = care.machine()
    never_spoke = care.machine("never spoke")
    care.report(machine)
    care.clock.advance(119 * SECOND)
    assert care.watch() == 0
    care.clock.advance(SECOND)
    assert care.watch() == 1
    assert care.watch() == 0
    assert care.alerts() == {(machine, "silent")}
    assert never_spoke not in str(care.alerts())
    care.clock.advance(HOUR)
    taken = care.report(machine)
    assert [(rule.name, change) for rule, change in taken.changes] == [("silent", Change.CLEARED)]
    assert care.alerts() == set()
    came = care.availability(care.house, START, care.clock.wall).machines[machine][2]
    assert came.down == {Cause.NETWORK: HOUR + 120 * SECOND}, "it was silent since its last contact"


def test_an_idle_machine_that_reports_itself_is_not_silent(care):
    machine = care.machine()
    for _ in range(4):
        care.reports(machine, 1)
        assert care.watch() == 0


def test_who_speaks_again_without_telemetry_is_no_longer_silent(care):
    writer = care.platform.machine()
    care.platform.send(writer)
    care.clock.advance(200 * SECOND)
    assert care.watch() == 1
    care.clock.advance(SECOND)
    care.platform.send(writer, [])
    assert care.watch() == 1
    assert care.alerts() == set()


def test_what_was_buffered_off_line_tells_when_it_was(care):
    machine = care.machine()
    care.reports(machine, 1, serving=True)
    cut = care.clock.wall
    buffered = []
    for minute in range(60):
        care.clock.advance(MINUTE)
        sample = care.sample(serving=not 20 <= minute < 40, faults=("motor",) if 20 <= minute < 40 else ())
        buffered.append((care.clock.wall, sample))
    care.report(machine, *[sample for _, sample in buffered])
    came = care.availability(care.house, cut, care.clock.wall).machines[machine][2]
    assert came.down == {Cause.HARDWARE: 20 * MINUTE}
    assert care.alerts() == set()
    assert [ticket.state for ticket in care.tickets()] == [State.RESOLVED]


def test_what_is_down_by_cause_site_and_fleet(care):
    one, two = care.machine("one"), care.machine("two")
    care.reports(one, 1, serving=True)
    care.report(two)
    begin = care.clock.wall
    for _ in range(5):
        care.reports(one, 1, serving=False, faults=("vision",))
        care.report(two, care.sample(serving=True))
    care.reports(one, 1, every=30, serving=True)
    care.report(two)
    found = care.availability(care.house, begin, care.clock.wall)
    assert found.machines[one][2].down == {Cause.SOFTWARE: 5 * MINUTE}
    assert found.machines[two][2].down == {}
    assert found.fleet.span == 2 * (care.clock.wall - begin)
    assert found.fleet.down == {Cause.SOFTWARE: 5 * MINUTE}
    assert (found.fleet.repairs, found.fleet.mean_repair) == (1, 5 * MINUTE)
    assert set(found.sites) == {""}
    with pytest.raises(EmptySpan):
        care.availability(care.house, care.clock.wall, care.clock.wall + DAY)


def test_old_samples_are_forgotten_their_hours_stay_and_nothing_comes_back(care):
    machine = care.machine()
    old = care.sample(0, bin_level=7)
    care.report(machine, old)
    care.clock.advance(91 * DAY)
    care.report(machine, care.sample(1, bin_level=8))
    assert care.forget() == 1
    assert care.forget() == 0
    assert care.report(machine, evolve(old, mono=old.mono)).replayed == 1
    assert [each.sample.seq for each in care.telemetry.samples(care.house, machine, 0, 2 * START)] == [1]
    assert len(care.telemetry.hours(care.house, machine, 0, 2 * START)) == 2
