"""Record what a machine reports: in order, exactly once, and paid, in one transaction.

Entries, visits, verdicts, postings, balances, events and the cursor are committed together or not at all,
with the machine's row as the lock. The same batch again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.platform.announce import of_alarm, of_entries, of_machine, of_session, points_of
from application.platform.arrive import Arrival, Arrivals, arrived
from application.platform.errors import UnknownMachine
from application.ports.clock import Clock, Reading
from application.ports.outbox import Announcement
from application.ports.record_store import Noted, Rejected
from application.ports.signing import SignatureVerifier
from application.ports.unit_of_work import AlreadyThere, Interrupted, UnitOfWork, UnitOfWorkFactory
from domain.deposits.bodies import VisitOpened
from domain.deposits.corrected_time import Sending
from domain.deposits.journal import Cursor
from domain.deposits.record import Alarm, Judged
from domain.deposits.session import use
from domain.deposits.settlement import UNKNOWN_A_DAY
from domain.fleet.machine import Machine, received, speaks_anew
from domain.points.ledger import Transaction, credit, person_account, post

LONGEST_BATCH = 100
"""Entries."""


class BatchTooLong(ValueError):
    """More entries at once than anyone sends."""


@frozen
class Batch:
    """What a machine sends: its entries in order, and its clocks as it sent them."""

    machine: str
    boot: str
    sending: Reading
    entries: Sequence[bytes]
    waiting: int = 0
    """Entries that the machine still has after these."""


@frozen
class Recorded:
    """What became of a batch."""

    cursor: Cursor | None
    """How far the machine's entries are held: after the batch, or before the gap."""
    gap: bool
    stored: int
    replayed: int
    rejected: tuple[Rejected, ...]
    alarms: tuple[Alarm, ...]
    judged: tuple[Judged, ...]


@frozen
class RecordDeposits:
    """Records batches of machines."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    verifier: SignatureVerifier
    unknown_a_day: int = UNKNOWN_A_DAY

    @again
    def __call__(self, batch: Batch) -> Recorded:
        """Record a batch. Raises UnknownMachine, BatchTooLong, StoreError; then nothing was changed."""
        if len(batch.entries) > LONGEST_BATCH:
            raise BatchTooLong(f"a batch has at most {LONGEST_BATCH} entries, this one has {len(batch.entries)}")
        arrivals = [Arrival.of(raw) for raw in batch.entries]
        try:
            came = self._recorded(batch, arrivals)
        except AlreadyThere as taken:
            # Another machine used one of these ids in the same moment: look again, and judge that.
            raise Interrupted(str(taken)) from taken
        return Recorded(
            cursor=came.cursor,
            gap=came.gap,
            stored=len(came.judged),
            replayed=came.replayed,
            rejected=tuple(came.rejected),
            alarms=tuple(came.alarms) + tuple(alarm for each in came.judged for alarm in each.alarms),
            judged=tuple(came.judged),
        )

    def _recorded(self, batch: Batch, arrivals: Sequence[Arrival]) -> Arrivals:
        """Record what came, in one transaction."""
        with self.unit_of_work() as work:
            machine = work.machines.locked(batch.machine)
            if machine is None:
                raise UnknownMachine(f"machine {batch.machine} is not registered")
            now = received(machine, self.clock.now().wall)
            reading = batch.sending
            sending = Sending(batch.boot, reading.mono, reading.wall, reading.trusted, now)
            came = arrived(work, machine, arrivals, sending, self.verifier, self.unknown_a_day)
            announcements = _keep(work, machine, came, sending, self.unknown_a_day)
            if speaks_anew(machine, now, batch.waiting):
                announcements.insert(0, of_machine(machine, "contacted", now, waiting=batch.waiting))
            work.machines.contacted(machine.id, now, batch.waiting)
            work.outbox.add(announcements)
            work.commit()
        return came


def _keep(
    work: UnitOfWork, machine: Machine, came: Arrivals, sending: Sending, unknown_a_day: int
) -> list[Announcement]:  # fmt: skip
    """Write what the batch came to, and return what is to be told of it."""
    if not came.judged and not came.rejected:
        return []
    now = sending.received
    work.record.note(
        Noted(
            organisation=machine.organisation,
            machine=machine.id,
            sending=sending,
            unknown_a_day=unknown_a_day,
            judged=came.judged,
            rejected=came.rejected,
            alarms=came.alarms,
            cursors=list(came.cursors.values()),
            anchored=came.anchored,
            items=came.touched_items(),
            visits=came.touched_visits(),
        )
    )
    announcements = _use_sessions(work, came.judged, now)
    balances = _pay(work, machine, came.judged, now)
    announcements += of_entries(came.judged, machine, now, balances)
    announcements += [of_alarm(machine.organisation, machine, alarm, now) for alarm in came.alarms]
    return announcements


def _pay(work: UnitOfWork, machine: Machine, judged: Sequence[Judged], now: int) -> dict[str, int]:
    """Post what is due. Returns the balance right after each credit, by the settled entry's id."""
    transactions: list[tuple[Transaction, str]] = []
    for each in judged:
        person, points = each.visit.person if each.visit else None, points_of(each.verdict)
        if person is not None and points > 0:
            transactions.append((credit(each.entry.id, machine.organisation, person, points, now), person))
    if not transactions:
        return {}
    accounts = {person: person_account(machine.organisation, person) for _, person in transactions}
    balances = work.ledger.balances(list(accounts.values()))
    after: dict[str, int] = {}
    for transaction, person in transactions:
        balances.update(post(transaction, balances))
        after[transaction.id] = balances[accounts[person]]
    work.ledger.append([transaction for transaction, _ in transactions], balances)
    return after


def _use_sessions(work: UnitOfWork, judged: Sequence[Judged], now: int) -> list[Announcement]:
    """Note the sessions that visits were opened with."""
    opened = {
        each.visit.session: each.visit
        for each in reversed(judged)
        if each.visit is not None and each.visit.session is not None and isinstance(each.body, VisitOpened)
    }
    if not opened:
        return []
    announcements = []
    for session in work.sessions.locked(list(opened)).values():
        visit = opened[session.id]
        used = use(session, visit.id, now)
        if used is not session:
            work.sessions.keep(used)
            announcements.append(of_session(used, "used", now, machine=visit.machine, visit=visit.id))
    return announcements
