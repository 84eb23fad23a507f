"""The platform's store in memory: the same rules as the SQL one, for tests and virtual time.

A unit of work changes a copy; committing puts the copy in the store's place. So whatever raises in
between leaves nothing, as on a disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

from attrs import define, field

from application.ports.repositories import Answer, Organisation
from application.ports.unit_of_work import StoreBusy, StoreError
from domain.deposits.session import Session
from domain.fleet.machine import Machine
from domain.jobs.job import Job
from domain.people.account import Account as PersonAccount
from domain.people.refresh import Family
from domain.points.ledger import Account, Transaction
from domain.points.price_list import SignedPriceList
from simulators.platform_care import CareRows, SimulatedCare
from simulators.platform_jobs import SimulatedJobs
from simulators.platform_months import SimulatedMonths
from simulators.platform_record import RecordRows, SimulatedRecord
from simulators.platform_repositories import (
    SimulatedAnswers,
    SimulatedFamilies,
    SimulatedLedger,
    SimulatedMachines,
    SimulatedOrganisations,
    SimulatedOutbox,
    SimulatedPeople,
    SimulatedPriceLists,
    SimulatedSessions,
    SimulatedSigners,
    StoredEvent,
)

BUSY_SECONDS = 10.0


@define
class Rows:
    """Everything in the store."""

    organisations: dict[str, Organisation] = field(factory=dict)
    signers: dict[tuple[str, str], bytes] = field(factory=dict)
    machines: dict[str, Machine] = field(factory=dict)
    sessions: dict[str, Session] = field(factory=dict)
    price_lists: list[tuple[str, SignedPriceList]] = field(factory=list)
    transactions: list[Transaction] = field(factory=list)
    balances: dict[Account, int] = field(factory=dict)
    events: list[StoredEvent] = field(factory=list)
    answers: dict[tuple[str, str], Answer] = field(factory=dict)
    jobs: dict[str, Job] = field(factory=dict)
    people: dict[str, PersonAccount] = field(factory=dict)
    families: dict[str, Family] = field(factory=dict)
    record: RecordRows = field(factory=RecordRows)
    care: CareRows = field(factory=CareRows)

    def copy(self) -> Rows:
        """Return a copy that can be changed; what is in it never changes."""
        return Rows(
            organisations=dict(self.organisations),
            signers=dict(self.signers),
            machines=dict(self.machines),
            sessions=dict(self.sessions),
            price_lists=list(self.price_lists),
            transactions=list(self.transactions),
            balances=dict(self.balances),
            events=list(self.events),
            answers=dict(self.answers),
            jobs=dict(self.jobs),
            people=dict(self.people),
            families=dict(self.families),
            record=self.record.copy(),
            care=self.care.copy(),
        )


class SimulatedUnitOfWork:
    """One transaction on a store in memory."""

    def __init__(self, store: SimulatedStore, *, read_only: bool) -> None:
        """Take the store."""
        self._store = store
        self._read_only = read_only
        self._rows: Rows | None = None
        self._holds = False

    def __enter__(self) -> SimulatedUnitOfWork:  # noqa: PYI034 - Self is newer than our Python
        if not self._read_only:
            if not self._store.turn.acquire(timeout=BUSY_SECONDS):
                raise StoreBusy("somebody else has been writing for too long")
            self._holds = True
        rows = self._rows = self._store.rows.copy()
        self.organisations = SimulatedOrganisations(rows.organisations)
        self.signers = SimulatedSigners(rows.signers)
        self.machines = SimulatedMachines(rows.machines)
        self.sessions = SimulatedSessions(rows.sessions)
        self.price_lists = SimulatedPriceLists(rows.price_lists)
        self.record = SimulatedRecord(rows.record, rows.machines)
        self.ledger = SimulatedLedger(rows.transactions, rows.balances)
        self.outbox = SimulatedOutbox(rows.events)
        self.answers = SimulatedAnswers(rows.answers)
        self.jobs = SimulatedJobs(rows.jobs)
        self.people = SimulatedPeople(rows.people)
        self.families = SimulatedFamilies(rows.families)
        self.care = SimulatedCare(rows.care, rows.machines)
        self.months = SimulatedMonths()
        return self

    def commit(self) -> None:
        """Put what was changed in the store's place."""
        if self._rows is None or self._read_only:
            raise StoreError("only a unit of work that was begun for writing can be committed")
        # Further changes before the end are a new transaction's, as in a database.
        self._store.rows = self._rows.copy()
        self._store.committed()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget what was not committed."""
        self._rows = None
        if self._holds:
            self._holds = False
            self._store.turn.release()


class SimulatedStore:
    """The factory of units of work on one store in memory."""

    def __init__(self, committed: Callable[[], None] = lambda: None) -> None:
        """Start empty."""
        self.rows = Rows()
        self.turn = threading.Lock()
        self.committed = committed

    def __call__(self, *, read_only: bool = False) -> SimulatedUnitOfWork:
        """Return a new unit of work."""
        return SimulatedUnitOfWork(self, read_only=read_only)
