"""Months of entries and postings that go: as partitions on PostgreSQL, row by row on SQLite."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from adapters.sql.evidence import SqlEvidence
from adapters.sql.holding import hold
from adapters.sql.months import LOCK_WAIT, SqlMonths
from adapters.sql.tables.checkpoints import CHECKPOINTS
from adapters.sql.tables.points import POSTINGS
from adapters.sql.tables.recorded import ENTRIES, ITEMS, VISITS
from domain.retention.checkpoint import SignedCheckpoint
from domain.retention.month import Month

_GO = ((ENTRIES, "received_at"), (POSTINGS, "at"))


class SqlRetention:
    """The months of a SQL database that may go."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection
        self._apart = connection.dialect.name == "postgresql"

    @property
    def evidence(self) -> SqlEvidence:
        """What this transaction sees."""
        return SqlEvidence(self._connection)

    def hold(self) -> None:
        """Hold retention until the end."""
        hold(self._connection, ["retention"])

    def oldest(self, since: int) -> Month | None:
        """Return the month of the oldest entry or posting that came at a moment or later."""
        found = []
        for table, came in _GO:
            query = sa.select(sa.func.min(table.c[came])).where(table.c[came] >= since)
            found.append(self._connection.execute(query).scalar_one())
        moments = [moment for moment in found if moment is not None]
        return Month.of(min(moments)) if moments else None

    def close(self, month: Month) -> None:
        """Let nobody write entries or postings of a month until the end."""
        if not self._apart:
            return  # one writes at a time
        run = self._connection.exec_driver_sql
        SqlMonths(self._connection).make([month])
        run(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        run(f"LOCK TABLE entries_{month.name}, postings_{month.name} IN SHARE ROW EXCLUSIVE MODE")

    def named_later(self, month: Month) -> frozenset[str]:
        """Return the visits of a month, or of one before, that items of later months name."""
        query = (
            sa.select(VISITS.c.id)
            .join(ITEMS, ITEMS.c.visit_id == VISITS.c.id)
            .where(VISITS.c.received_at < month.end, ITEMS.c.received_at >= month.end)
            .distinct()
        )
        return frozenset(self._connection.execute(query).scalars())

    def keep(self, organisation: str, signed: SignedCheckpoint, month: Month, carried: Collection[str]) -> None:
        """Keep a month's checkpoint, and mark the visits that it carries."""
        row = {
            "organisation_id": organisation, "month": signed.month, "until": month.end, "raw": signed.raw,
            "key_id": signed.key_id, "signature": signed.signature,
        }  # fmt: skip
        self._connection.execute(sa.insert(CHECKPOINTS), row)
        self._connection.execute(sa.update(VISITS).where(VISITS.c.carried).values(carried=False))
        if carried:
            marked = sa.update(VISITS).where(VISITS.c.id.in_(sorted(carried)))
            self._connection.execute(marked.values(carried=True))

    def drop(self, month: Month) -> None:
        """Let a month's entries and postings go."""
        if not self._apart:
            for table, came in _GO:
                self._connection.execute(
                    sa.delete(table).where(table.c[came] >= month.begin, table.c[came] < month.end)
                )
            return
        # In the order of whoever records, so that nobody waits for each other; only from here on anybody waits.
        self._connection.exec_driver_sql(
            "LOCK TABLE organisations, batches, entries, accounts, postings IN ACCESS EXCLUSIVE MODE"
        )
        for table, _ in _GO:
            self._connection.exec_driver_sql(f"DROP TABLE {table.name}_{month.name}")
