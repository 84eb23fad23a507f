"""The rows of one kind and month, added up: how many, and one hash over all of them in a fixed order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from adapters.sql.tables.keeping import OUTBOX
from adapters.sql.tables.points import POSTINGS, TRANSACTIONS
from adapters.sql.tables.recorded import ENTRIES, ITEMS, LINKS, VERDICTS, VISITS
from application.platform.announce import OF_ENTRIES
from domain.retention.checkpoint import Section
from domain.retention.month import Month

_LINK = ("machine_id", "hash", "prev", "entry_id", "epoch", "seq", "mono", "earliest", "latest", "organisation_id")
_VERDICT = ("machine_id", "hash", "item_id", "standing", "why", "points", "price_list", "organisation_id")
_VISIT = tuple(column.name for column in VISITS.columns if column.name not in {"received_at", "carried"})
_ITEM = tuple(column.name for column in ITEMS.columns if column.name not in {"number", "received_at"})
_SECTIONS: Mapping[str, tuple[sa.Table, str, tuple[str, ...], tuple[str, ...]]] = {
    "entries": (ENTRIES, "received_at", ("number", "machine_id", "hash"), ("number",)),
    "postings": (POSTINGS, "at", ("number", "transaction_id", "account_id", "amount"), ("number",)),
    "links": (LINKS, "received_at", _LINK, ("machine_id", "hash")),
    "verdicts": (VERDICTS, "judged_at", _VERDICT, ("machine_id", "hash")),
    "visits": (VISITS, "received_at", _VISIT, ("id",)),
    "items": (ITEMS, "received_at", _ITEM, ("id",)),
    "transactions": (TRANSACTIONS, "at", ("id", "organisation_id", "at", "reverses"), ("id",)),
    "events": (
        OUTBOX,
        "at",
        ("organisation_id", "aggregate", "version", "type", "data", "at"),
        ("aggregate", "version"),
    ),
}
"""By name: the table, when a row came, what of it counts, and the order (in that of bytes, whatever the language)."""
_PLAIN = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode


def section(connection: sa.Connection, name: str, month: Month, also: Collection[str], but: Collection[str]) -> Section:
    """Add up the rows of a kind that came in a month, with those of the ids `also`, without those of the ids `but`."""
    table, came, columns, order = _SECTIONS[name]
    query = sa.select(*(table.c[column] for column in columns))
    within: sa.ColumnElement[bool] = sa.and_(table.c[came] >= month.begin, table.c[came] < month.end)
    if also:
        within = sa.or_(within, table.c.id.in_(sorted(also)))
    query = query.where(within)
    if but:
        query = query.where(table.c.id.not_in(sorted(but)))
    if table is OUTBOX:
        query = query.where(OUTBOX.c.type.in_(OF_ENTRIES))
    counted, hashed = 0, hashlib.sha256()
    # Text in the order of its bytes, which is SQLite's own: the same on both databases, whatever their language.
    binary = connection.dialect.name == "postgresql"
    keys = [table.c[each] for each in order]
    in_bytes = [sa.collate(key, "C") if binary and isinstance(key.type, sa.String) else key for key in keys]
    for row in connection.execute(query.order_by(*in_bytes), execution_options={"yield_per": 1000}):
        counted += 1
        hashed.update(_PLAIN([_same(value) for value in row]).encode("ascii") + b"\n")
    return Section(counted, hashed.hexdigest())


def _same(value: object) -> object:
    """Return a value as both databases have it."""
    return int(value) if isinstance(value, bool) else value
