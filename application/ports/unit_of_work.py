"""One transaction with the platform's store: everything in it is committed, or nothing is.

    with unit_of_work() as work:        # what is `locked` (or `balances`) is held until it ends
        session = work.sessions.get(id)
        work.sessions.keep(withdraw(session, now))
        work.outbox.add([...])
        work.commit()                   # without this, or after any error, nothing was changed

What is read inside is what this transaction sees, its own writes included. A unit of work is used once,
by one thread. Others may write at the same time (PostgreSQL lets them, SQLite does not), so a use case holds
what it decides upon: `locked` rows and `balances` are as the last commit left them, and nobody else changes
them meanwhile.
"""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from application.ports.care import Care
from application.ports.identity import Families, People
from application.ports.jobs import Jobs
from application.ports.ledger_store import LedgerStore
from application.ports.months import Months
from application.ports.outbox import Outbox
from application.ports.record_store import RecordStore
from application.ports.repositories import Answers, Machines, Organisations, PriceLists, Sessions, TrustedSigners


class StoreError(Exception):
    """The store could not do it; the message names what and why. Nothing was changed."""


class StoreBusy(StoreError):
    """Somebody else held the store for too long: try again."""


class StoreAway(StoreError):
    """The store does not answer. Nothing was changed; trying again at once is of no use."""


class AlreadyThere(StoreError):
    """What may be there once is there already."""


class Interrupted(StoreError):
    """The store gave this transaction up for another's sake (a deadlock, a serialisation failure).

    Nothing was changed, and the very same again may succeed: `again` tries it again, a few times.
    """


class ConnectionLost(Interrupted):
    """The connection to the store broke before the commit: nothing was changed."""


class Unsure(StoreError):
    """The connection broke during the commit: everything is lasting, or nothing is. Look before doing it again."""


class UnitOfWork(Protocol):
    """One transaction."""

    @property
    def organisations(self) -> Organisations:
        """Organisations."""

    @property
    def signers(self) -> TrustedSigners:
        """Public keys that tokens and price lists are signed with."""

    @property
    def machines(self) -> Machines:
        """Registered machines."""

    @property
    def sessions(self) -> Sessions:
        """QR sessions."""

    @property
    def price_lists(self) -> PriceLists:
        """Signed price lists."""

    @property
    def record(self) -> RecordStore:
        """Entries, and the visits, items and verdicts made of them."""

    @property
    def ledger(self) -> LedgerStore:
        """Transactions, postings and balances."""

    @property
    def outbox(self) -> Outbox:
        """Events to be published once this is committed."""

    @property
    def answers(self) -> Answers:
        """Answers given under an Idempotency-Key."""

    @property
    def jobs(self) -> Jobs:
        """Work that is done apart from requests."""

    @property
    def people(self) -> People:
        """People's accounts (who they are, not their points)."""

    @property
    def families(self) -> Families:
        """Families of refresh tokens."""

    @property
    def care(self) -> Care:
        """The care of machines: telemetry, alerts, tickets, commands, claim codes."""

    @property
    def months(self) -> Months:
        """Rows that are kept by the month in which they came."""

    def commit(self) -> None:
        """Make everything lasting. Raises StoreError, AlreadyThere; then nothing is. Unsure: one cannot tell."""

    def __enter__(self) -> UnitOfWork:  # noqa: PYI034 - Self is newer than our Python
        """Begin. Raises StoreBusy, StoreAway."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End; roll back what was not committed."""


class UnitOfWorkFactory(Protocol):
    """Makes units of work."""

    def __call__(self, *, read_only: bool = False) -> UnitOfWork:
        """Return a new one. A read-only one sees one moment, holds nobody up (so nothing is `locked` in it), and
        cannot commit.
        """
