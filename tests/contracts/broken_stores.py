"""Three stores that break their promises, kept so that the contract is seen to refuse each of them.

One loses, one doubles, one is not atomic. Each is the SQLite store with one thing wrong.
"""

from __future__ import annotations

from attrs import evolve

from adapters.sql.care import SqlCare
from adapters.sql.jobs import SqlJobs
from adapters.sql.months import SqlMonths
from adapters.sql.outbox import SqlOutbox
from adapters.sql.telemetry import SqlTelemetry
from adapters.sql.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork


class _Loses(SqlUnitOfWork):
    """Says that it committed, and did not, each third time."""

    commits = 0

    def commit(self) -> None:
        type(self).commits += 1
        if type(self).commits % 3:
            super().commit()


class _TwiceOutbox(SqlOutbox):
    def add(self, announcements) -> None:
        super().add([each for each in announcements for _ in range(2)])


class _TwiceJobs(SqlJobs):
    def add(self, jobs) -> None:
        super().add([evolve(each, id=f"{each.id}{more}") for each in jobs for more in ("", " again")])


class _TwiceTelemetry(SqlTelemetry):
    def add_hours(self, *hours) -> None:
        super().add_hours(*hours)
        super().add_hours(*hours)


class _TwiceCare(SqlCare):
    @property
    def telemetry(self):
        return _TwiceTelemetry(self._connection)


class _Doubles(SqlUnitOfWork):
    """Keeps each event and each job twice, and adds each hour of telemetry up twice."""

    def _open(self, connection) -> None:
        super()._open(connection)
        self.outbox = _TwiceOutbox(connection)
        self.jobs = _TwiceJobs(connection)
        self.care = _TwiceCare(connection)


class _NotAtomic(SqlUnitOfWork):
    """Keeps what was done so far when something goes wrong."""

    def _end(self) -> None:
        if self._connection is not None and not self._read_only:
            self._connection.commit()
        super()._end()


class _MonthsAgain(SqlMonths):
    def make(self, months):
        super().make(months)
        return list(months)


class _DoublesMonths(SqlUnitOfWork):
    """Makes a month again that is there."""

    def _open(self, connection) -> None:
        super()._open(connection)
        self.months = _MonthsAgain(connection)


class _MonthsAtOnce(SqlMonths):
    seen: set

    def make(self, months):
        super().make(months)
        new = [month for month in months if month not in self.seen]
        self.seen.update(new)
        return new


class _NotAtomicMonths(SqlUnitOfWork):
    """Makes months at once, whether or not it is committed."""

    def _open(self, connection) -> None:
        super()._open(connection)
        if "seen" not in vars(type(self)):
            type(self).seen = set()
        self.months = _MonthsAtOnce(connection)
        self.months.seen = type(self).seen


class BrokenStore(SqlUnitsOfWork):
    """A factory of broken units of work."""

    def __init__(self, engine, kind) -> None:
        super().__init__(engine)
        # Of its own, so that what is counted begins with this store.
        self._kind = type(kind.__name__, (kind,), {})

    def __call__(self, *, read_only: bool = False):
        if read_only:
            return super().__call__(read_only=True)
        return self._kind(self.engine, self._turn, self._committed, self._seen)


BROKEN = {"loses": _Loses, "doubles": _Doubles, "not atomic": _NotAtomic}
BROKEN_MONTHS = {"loses": _Loses, "doubles": _DoublesMonths, "not atomic": _NotAtomicMonths}
"""Of what makes room for months: SQLite has none of its own, so these say what they made."""
