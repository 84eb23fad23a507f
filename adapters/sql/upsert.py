"""Rows that replace what is there under their key, in the words of each dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

_INSERT: Mapping[str, Callable[[sa.Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
Changes = Callable[[sa.Table, Any], Mapping[str, Any]]
"""Makes the new values of columns from the table (what is there) and the row that came (`excluded`)."""


def upsert(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], changes: Changes | None = None
) -> None:
    """Insert rows; where the primary key is there, change that row: by `changes`, or to what came."""
    if not rows:
        return
    insert = _INSERT[connection.dialect.name](table)
    keys = [column.name for column in table.primary_key]
    came = insert.excluded
    named = rows[0].keys() - set(keys)
    new = changes(table, came) if changes else {name: came[name] for name in sorted(named)}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=new), list(rows))
