"""The platform's tables as a diagram, drawn from the very metadata that the statements are made of.

Drawn by `rvm diagrams`; docs/data-model.md says what each table is for.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from adapters.sql.tables import METADATA

_DIALECT = postgresql.dialect()
_TIES = {
    ("entries", "machines"): "machine_id",
    ("links", "machines"): "machine_id",
    ("cursors", "machines"): "machine_id",
    ("visits", "machines"): "machine_id",
    ("visits", "sessions"): "session_id",
    ("verdicts", "items"): "item_id",
    ("postings", "transactions"): "transaction_id",
}
"""What belongs together without a foreign key: the key of a partitioned or narrow table, or one checked elsewhere."""


def page() -> str:
    """Return docs/diagrams/tables.md."""
    tables = sorted(METADATA.tables.values(), key=lambda table: table.name)
    lines = [
        "# tables",
        "",
        "Drawn from `adapters/sql/tables/` by `rvm diagrams`; do not edit. What each table is for stands in",
        "[the data model](../data-model.md). Types as on PostgreSQL; every table but `organisations` names its",
        "organisation, which is not drawn. Dotted: belongs together without a foreign key.",
        "",
        "```mermaid",
        "erDiagram",
    ]
    for table in tables:
        lines += [f"    {table.name} {{", *(f"        {_column(column)}" for column in table.columns), "    }"]
    for table in tables:
        lines += [f"    {one}" for one in _relations(table)]
    lines += [f"    {owner} ||..o{{ {table} : {key}" for (table, owner), key in sorted(_TIES.items())]
    return "\n".join([*lines, "```"]) + "\n"


def _column(column: sa.Column[object]) -> str:
    kind = str(column.type.compile(dialect=_DIALECT)).lower().replace(" ", "_")
    marks = [mark for mark, marked in (("PK", column.primary_key), ("FK", column.foreign_keys)) if marked]
    text = f"{kind} {column.name} {', '.join(marks)}".rstrip()
    return f'{text} "may be empty"' if column.nullable else text


def _relations(table: sa.Table) -> list[str]:
    """Return the lines from what a table refers to, but for its organisation."""
    return sorted(
        f"{key.column.table.name} ||--o{{ {table.name} : {key.parent.name}"
        for key in table.foreign_keys
        if key.column.table.name != "organisations"
    )
