"""One transaction of a SQL database, and the repositories that work inside it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

import sqlalchemy as sa

from adapters.sql.care import SqlCare
from adapters.sql.engine import BUSY_SECONDS, reading
from adapters.sql.fleet import SqlMachines, SqlOrganisations, SqlPriceLists, SqlSigners
from adapters.sql.jobs import SqlJobs
from adapters.sql.ledger import SqlLedger
from adapters.sql.months import SqlMonths
from adapters.sql.outbox import SqlAnswers, SqlOutbox
from adapters.sql.people import SqlFamilies, SqlPeople
from adapters.sql.record import SqlRecord
from adapters.sql.retention import SqlRetention
from adapters.sql.sessions import SqlSessions
from application.ports.unit_of_work import ConnectionLost, StoreAway, StoreBusy, StoreError, Unsure


class SqlUnitOfWork:
    """A unit of work on a SQL database. The engine turns the driver's errors into the port's."""

    def __init__(
        self, engine: sa.Engine, turn: threading.Lock | None, committed: Callable[[], None], seen: set[str]
    ) -> None:  # fmt: skip
        """Take what the factory shares.

        That is: the engine; whose turn it is to write (None: read only, or the database sees to it); whom to tell
        of a commit; and the accounts that are known to be there.
        """
        self._seen = seen
        self._engine = engine
        self._turn = turn
        self._committed = committed
        self._read_only = False
        self._connection: sa.Connection | None = None

    @classmethod
    def reading(cls, engine: sa.Engine) -> SqlUnitOfWork:
        """Return one that only reads, on an engine that was told so."""
        work = cls(engine, None, lambda: None, set())
        work._read_only = True
        return work

    def __enter__(self) -> SqlUnitOfWork:  # noqa: PYI034 - Self is newer than our Python
        # SQLite wakes those who wait by chance; in one process a lock lets them in one after the other.
        if self._turn is not None and not self._turn.acquire(timeout=BUSY_SECONDS):
            self._turn = None
            raise StoreBusy("somebody else has been writing for too long")
        try:
            self._connection = self._engine.connect()
            self._connection.begin()
        except sa.exc.TimeoutError as none_left:
            self._end()
            raise StoreBusy(str(none_left)) from none_left
        except BaseException:
            self._end()
            raise
        self._open(self._connection)
        return self

    def _open(self, connection: sa.Connection) -> None:
        self.organisations = SqlOrganisations(connection)
        self.signers = SqlSigners(connection)
        self.machines = SqlMachines(connection)
        self.price_lists = SqlPriceLists(connection)
        self.sessions = SqlSessions(connection)
        self.record = SqlRecord(connection)
        self.ledger = SqlLedger(connection, self._seen)
        self.outbox = SqlOutbox(connection)
        self.answers = SqlAnswers(connection)
        self.jobs = SqlJobs(connection)
        self.people = SqlPeople(connection)
        self.families = SqlFamilies(connection)
        self.care = SqlCare(connection)
        self.months = SqlMonths(connection)
        self.retention = SqlRetention(connection)

    def commit(self) -> None:
        """Make everything lasting."""
        if self._connection is None or self._read_only:
            raise StoreError("only a unit of work that was begun for writing can be committed")
        try:
            self._connection.commit()
        except (ConnectionLost, StoreAway) as lost:
            raise Unsure(str(lost)) from lost
        self._committed()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back what was not committed."""
        self._end()

    def _end(self) -> None:
        connection, self._connection = self._connection, None
        turn, self._turn = self._turn, None
        try:
            if connection is not None:
                connection.close()
        finally:
            if turn is not None:
                turn.release()


class SqlUnitsOfWork:
    """The factory of units of work on one engine. `committed` is called after each commit (to wake the relay)."""

    def __init__(self, engine: sa.Engine, committed: Callable[[], None] = lambda: None) -> None:
        """Take the engine, which must hold the current schema."""
        self.engine = engine
        self._reading = reading(engine)
        self._committed = committed
        self._seen: set[str] = set()
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else None

    def __call__(self, *, read_only: bool = False) -> SqlUnitOfWork:
        """Return a new unit of work."""
        if read_only:
            return SqlUnitOfWork.reading(self._reading)
        return SqlUnitOfWork(self.engine, self._turn, self._committed, self._seen)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
