"""Write one batch as rows: one statement per table, many rows each."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from adapters.sql.tables.recorded import (
    ALARMS,
    BATCHES,
    CURSORS,
    ENTRIES,
    ITEMS,
    LINKS,
    REJECTED,
    VERDICTS,
    VISITS,
)
from application.ports.record_store import Noted
from domain.deposits.bodies import ItemDecided, VisitOpened
from domain.deposits.record import Judged
from domain.deposits.visit import Item, Visit

Row = dict[str, Any]

_ADD_BATCH = sa.insert(BATCHES).returning(BATCHES.c.number)
_ADD_ENTRIES = sa.insert(ENTRIES)
_ADD_LINKS = sa.insert(LINKS)
_ADD_VERDICTS = sa.insert(VERDICTS)
_ADD_VISITS = sa.insert(VISITS)
_ADD_ITEMS = sa.insert(ITEMS)
_TOTALS = ("items", "accepted", "stored", "returned", "unknown", "credited", "held", "refused", "points")
_SET_VISIT = (
    sa.update(VISITS)
    .where(VISITS.c.id == sa.bindparam("visit"))
    .values(closed=sa.bindparam("ended"), **{name: sa.bindparam(f"new_{name}") for name in _TOTALS})
)
_SET_OUTCOME = sa.update(ITEMS).where(ITEMS.c.id == sa.bindparam("item")).values(outcome=sa.bindparam("became"))
_MOVE = (
    sa.update(CURSORS)
    .where(CURSORS.c.machine_id == sa.bindparam("machine"), CURSORS.c.epoch == sa.bindparam("of"))
    .values(seq=sa.bindparam("at_seq"), hash=sa.bindparam("at_hash"))
)
_LAST_PLACE = sa.select(sa.func.max(CURSORS.c.place)).where(CURSORS.c.machine_id == sa.bindparam("machine"))
_TIE = (
    sa.update(CURSORS)
    .where(CURSORS.c.machine_id == sa.bindparam("machine"), CURSORS.c.epoch == sa.bindparam("of"))
    .values(
        anchor_mono=sa.bindparam("mono"), anchor_earliest=sa.bindparam("earliest"), anchor_latest=sa.bindparam("latest")
    )
)


def write(connection: sa.Connection, noted: Noted) -> None:
    """Add all of a batch, in an order that foreign keys allow."""
    batch = connection.execute(_ADD_BATCH, _batch(noted)).scalar_one()
    if noted.judged:
        connection.execute(_ADD_ENTRIES, [_entry(noted, batch, each) for each in noted.judged])
        connection.execute(_ADD_LINKS, [_link(noted, each) for each in noted.judged])
    _visits(connection, noted)
    _items(connection, noted)
    verdicts = [_verdict(noted, each) for each in noted.judged if each.verdict is not None]
    if verdicts:
        connection.execute(_ADD_VERDICTS, verdicts)
    _cursors(connection, noted)
    _apart(connection, noted)


def _batch(noted: Noted) -> Row:
    sending = noted.sending
    return {
        "organisation_id": noted.organisation,
        "machine_id": noted.machine,
        "boot": sending.boot,
        "mono": sending.mono,
        "wall": sending.wall,
        "trusted": sending.trusted,
        "received_at": sending.received,
    }


def _entry(noted: Noted, batch: int, judged: Judged) -> Row:
    return {
        "organisation_id": noted.organisation,
        "machine_id": noted.machine,
        "hash": judged.entry.hash,
        "raw": judged.entry.raw,
        "batch": batch,
        "place": judged.place.value,
        "earliest": judged.span.earliest,
        "latest": judged.span.latest,
    }


def _link(noted: Noted, judged: Judged) -> Row:
    entry = judged.entry
    return {
        "machine_id": noted.machine,
        "hash": entry.hash,
        "prev": entry.prev,
        "entry_id": entry.id,
        "epoch": entry.epoch,
        "seq": entry.seq,
        "mono": entry.mono,
        "earliest": judged.span.earliest,
        "latest": judged.span.latest,
    }


def _verdict(noted: Noted, judged: Judged) -> Row:
    verdict = judged.verdict
    return {
        "machine_id": noted.machine,
        "hash": judged.entry.hash,
        "organisation_id": noted.organisation,
        "item_id": judged.item.id if judged.item else None,
        "standing": verdict.standing.value if verdict else None,
        "why": verdict.why.value if verdict else None,
        "points": verdict.points if verdict else 0,
        "price_list": verdict.price_list if verdict else None,
        "judged_at": noted.sending.received,
    }


def _visits(connection: sa.Connection, noted: Noted) -> None:
    opened = {each.visit.id for each in noted.judged if each.visit and isinstance(each.body, VisitOpened)}
    new = [_visit(visit) for visit in noted.visits.values() if visit.id in opened]
    if new:
        connection.execute(_ADD_VISITS, new)
    changed = [
        {"visit": visit.id, "ended": visit.closed.value if visit.closed else None, **_totals(visit, "new_")}
        for visit in noted.visits.values()
        if visit.id not in opened
    ]
    if changed:
        connection.execute(_SET_VISIT, changed)


def _visit(visit: Visit) -> Row:
    return {
        "id": visit.id,
        "organisation_id": visit.organisation,
        "machine_id": visit.machine,
        "opened_by": visit.by.value,
        "token": visit.token.value,
        "person_id": visit.person,
        "session_id": visit.session,
        "earliest": visit.opened.earliest,
        "latest": visit.opened.latest,
        "price_list": visit.price_list,
        "closed": visit.closed.value if visit.closed else None,
        **_totals(visit),
    }


def _totals(visit: Visit, before: str = "") -> Row:
    return {f"{before}{name}": getattr(visit.totals, name) for name in _TOTALS}


def _items(connection: sa.Connection, noted: Noted) -> None:
    decided = {each.item.id: each for each in noted.judged if each.item and isinstance(each.body, ItemDecided)}
    new = [_item(noted, item, decided[item.id]) for item in noted.items.values() if item.id in decided]
    if new:
        connection.execute(_ADD_ITEMS, new)
    changed = [
        {"item": item.id, "became": item.outcome.value if item.outcome else None}
        for item in noted.items.values()
        if item.id not in decided
    ]
    if changed:
        connection.execute(_SET_OUTCOME, changed)


def _item(noted: Noted, item: Item, judged: Judged) -> Row:
    visit = judged.visit
    return {
        "id": item.id,
        "organisation_id": noted.organisation,
        "machine_id": noted.machine,
        "visit_id": item.visit,
        "person_id": visit.person if visit else None,
        "accepted": item.decided.decision.accepted,
        "decided": json.dumps(dict(judged.entry.body), separators=(",", ":"), sort_keys=True),
        "earliest": item.span.earliest,
        "latest": item.span.latest,
        "outcome": item.outcome.value if item.outcome else None,
    }


def _cursors(connection: sa.Connection, noted: Noted) -> None:
    place: int | None = None
    for cursor in noted.cursors:
        moved = connection.execute(
            _MOVE, {"machine": noted.machine, "of": cursor.epoch, "at_seq": cursor.seq, "at_hash": cursor.hash}
        )
        if moved.rowcount:
            continue
        if place is None:
            place = connection.execute(_LAST_PLACE, {"machine": noted.machine}).scalar_one() or 0
        place += 1
        connection.execute(
            sa.insert(CURSORS),
            {
                "machine_id": noted.machine,
                "epoch": cursor.epoch,
                "seq": cursor.seq,
                "hash": cursor.hash,
                "begun_at": noted.sending.received,
                "place": place,
            },
        )
    if noted.anchored is not None:
        tied = noted.anchored
        connection.execute(
            _TIE,
            {
                "machine": noted.machine,
                "of": noted.sending.boot,
                "mono": tied.mono,
                "earliest": tied.span.earliest,
                "latest": tied.span.latest,
            },
        )


def _apart(connection: sa.Connection, noted: Noted) -> None:
    """Write what is no entry, and the alarms."""
    if noted.rejected:
        rejected = [
            {
                "organisation_id": noted.organisation,
                "machine_id": noted.machine,
                "hash": each.hash,
                "raw": each.raw,
                "why": each.why,
                "epoch": each.epoch,
                "seq": each.seq,
                "received_at": noted.sending.received,
            }
            for each in noted.rejected
        ]
        connection.execute(sa.insert(REJECTED), rejected)
    alarms = [*noted.alarms, *(alarm for each in noted.judged for alarm in each.alarms)]
    if alarms:
        rows = [
            {
                "organisation_id": noted.organisation,
                "machine_id": noted.machine,
                "kind": alarm.kind,
                "detail": alarm.detail,
                "raised_at": noted.sending.received,
            }
            for alarm in alarms
        ]
        connection.execute(sa.insert(ALARMS), rows)
