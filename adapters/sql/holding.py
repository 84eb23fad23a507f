"""Hold what has no row yet (PostgreSQL): a lock on a name, until the transaction ends.

SQLite needs none of this: one writes at a time.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from adapters.sql.statement import Statement

_HOLD = Statement(
    sa.text("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name")
)


def hold(connection: sa.Connection, names: Iterable[str]) -> bool:
    """Hold names, in their order, so that no two transactions wait for each other.

    Returns whether others write at the same time: then what was read before may be out of date.
    """
    if connection.dialect.name == "sqlite":
        return False
    _HOLD.rows(connection, {"names": sorted(names)})
    return True
