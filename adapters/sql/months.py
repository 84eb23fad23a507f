"""Rows by the month in which they came. PostgreSQL keeps each month as a partition; SQLite keeps them together.

A partition is made beside its table and attached, which stops nobody who writes to another month (`CREATE TABLE ...
PARTITION OF` would). The default partition takes what has no month's; PostgreSQL looks through it whenever a month is
attached, so it is to be empty.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from adapters.sql.holding import hold
from adapters.sql.tables import METADATA
from application.ports.months import Stray
from domain.retention.month import Month, NoMonth

BY_MONTH = {"entries": "received_at", "postings": "at", "telemetry": "received_at"}
"""The tables that are kept by month, and when a row of them came."""
LOCK_WAIT = "2s"
"""How long a change of partitions waits for whoever uses the table: those who come later wait behind it."""
_PARTS = sa.text(
    "SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid"
    " WHERE inhparent = CAST(CAST(:parent AS text) AS regclass) ORDER BY child.relname"
)


class SqlMonths:
    """The months of a SQL database."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection
        self._apart = connection.dialect.name == "postgresql"

    def strays(self) -> Sequence[Stray]:
        """Return the rows outside any month's room."""
        if not self._apart:
            return []
        found = []
        for table, column in BY_MONTH.items():
            # By day first: a month is not a number of microseconds.
            query = f"SELECT {column} / 86400000000, COUNT(*) FROM {table}_default GROUP BY 1"  # noqa: S608 - ours
            rows: dict[Month, int] = {}
            for day, count in self._connection.exec_driver_sql(query):
                month = Month.of(day * 86_400_000_000)
                rows[month] = rows.get(month, 0) + count
            found += [Stray(table, month, count) for month, count in rows.items()]
        return sorted(found)

    def make(self, months: Collection[Month]) -> Sequence[str]:
        """Make room for months where there is none."""
        if not self._apart:
            return []
        missing = self._missing(months)
        if missing:
            hold(self._connection, ["months"])
            self._connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
            missing = self._missing(months)
        for table, month in missing:
            self._attach(table, month)
        return [f"{table} {month.name}" for table, month in missing]

    def drop_samples(self, at: int) -> int:
        """Drop the months of samples that were over at a moment."""
        if not self._apart:
            return 0
        over = [month for month in made(self._connection, "telemetry") if month.end <= at]
        return sum(self.drop("telemetry", month) for month in over)

    def drop(self, table: str, month: Month) -> int:
        """Drop a month's partition. Returns how many rows it had."""
        run, part = self._connection.exec_driver_sql, f"{table}_{month.name}"
        run(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        # Who writes to this very month waits; whoever writes to another one only while the partition goes.
        run(f"LOCK TABLE {part} IN SHARE ROW EXCLUSIVE MODE")
        rows = run(f"SELECT COUNT(*) FROM {part}").scalar_one()  # noqa: S608 - our own words
        run(f"DROP TABLE {part}")
        return int(rows)

    def _missing(self, months: Collection[Month]) -> list[tuple[str, Month]]:
        return [(table, month) for table in BY_MONTH for month in sorted({*months} - {*made(self._connection, table)})]

    def _attach(self, table: str, month: Month) -> None:
        """Make a month's partition, with the strays that belong to it."""
        run, column, part = self._connection.exec_driver_sql, BY_MONTH[table], f"{table}_{month.name}"
        run(f"CREATE TABLE {part} (LIKE {table} INCLUDING ALL)")
        # What its keys refer to first, as whoever writes does; attaching would lock it last.
        referred = sorted({key.column.table.name for key in METADATA.tables[table].foreign_keys})
        run(f"LOCK TABLE {', '.join(referred)} IN SHARE ROW EXCLUSIVE MODE")
        # Nobody may stray in between.
        run(f"LOCK TABLE {table}_default IN ACCESS EXCLUSIVE MODE")
        run(
            f"WITH strayed AS (DELETE FROM {table}_default"  # noqa: S608 - our own words
            f" WHERE {column} >= {month.begin} AND {column} < {month.end} RETURNING *)"
            f" INSERT INTO {part} SELECT * FROM strayed"
        )
        run(f"ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({month.begin}) TO ({month.end})")


def made(connection: sa.Connection, table: str) -> list[Month]:
    """Return the months that a table has partitions for, the oldest first (PostgreSQL)."""
    found = []
    for part in connection.execute(_PARTS, {"parent": table}).scalars():
        try:
            found.append(Month.named(part.removeprefix(f"{table}_")))
        except NoMonth:
            continue
    return sorted(found)
