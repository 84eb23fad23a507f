"""Rows that replace what is there under their key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from adapters.sql.statement import Insert

Changes = Callable[[sa.Table, Any], Mapping[str, Any]]
"""Makes the new values of columns from the table (what is there) and the row that came (`excluded`)."""


def upsert(table: sa.Table, changes: Changes | None = None) -> Insert:
    """Return an INSERT of whole rows that changes the row whose primary key is there: by `changes`, or to what came.

    Rows that are added together have keys that differ.
    """
    keys = [column.name for column in table.primary_key]
    columns = [column.name for column in table.columns]

    def finish(core: Any, _: str) -> Any:
        came = core.excluded
        new = changes(table, came) if changes else {name: came[name] for name in columns if name not in keys}
        return core.on_conflict_do_update(index_elements=keys, set_=new)

    return Insert(table, columns, finish)
