"""Write one batch as rows: one statement per table, many rows each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from adapters.sql.statement import Statement, insert
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
from domain.deposits.journal import Cursor
from domain.deposits.record import Judged
from domain.deposits.visit import Item, Visit

Row = dict[str, Any]

TOTALS = ("items", "accepted", "stored", "returned", "unknown", "credited", "held", "refused", "points")
"""The columns of a visit's totals, in the order of `Totals`."""

_ADD_BATCH = Statement(
    sa.insert(BATCHES).returning(BATCHES.c.number),
    ("organisation_id", "machine_id", "boot", "mono", "wall", "trusted", "received_at", "unknown_a_day"),
)
_ADD_ENTRIES = insert(ENTRIES)
_ADD_LINKS = insert(LINKS)
_ADD_VERDICTS = insert(VERDICTS)
_ADD_VISITS = insert(VISITS)
_ADD_ITEMS = insert(ITEMS)
_ADD_CURSOR = insert(CURSORS)
_ADD_REJECTED = insert(REJECTED)
_ADD_ALARMS = insert(ALARMS)
_SET_VISIT = Statement(
    sa.update(VISITS)
    .where(VISITS.c.id == sa.bindparam("visit"))
    .values(closed=sa.bindparam("ended"), **{name: sa.bindparam(f"new_{name}") for name in TOTALS})
)
_SET_OUTCOME = Statement(
    sa.update(ITEMS).where(ITEMS.c.id == sa.bindparam("item")).values(outcome=sa.bindparam("became"))
)
_OF_EPOCH = (CURSORS.c.machine_id == sa.bindparam("machine"), CURSORS.c.epoch == sa.bindparam("of"))
_ANCHORED = ("anchor_mono", "anchor_earliest", "anchor_latest")
_ANCHOR: dict[str, sa.BindParameter[int]] = {name: sa.bindparam(f"new_{name}") for name in _ANCHORED}
_TO: dict[str, sa.BindParameter[Any]] = {"seq": sa.bindparam("at_seq"), "hash": sa.bindparam("at_hash")}
_MOVE = Statement(sa.update(CURSORS).where(*_OF_EPOCH).values(**_TO))
_MOVE_AND_TIE = Statement(sa.update(CURSORS).where(*_OF_EPOCH).values(**_TO, **_ANCHOR))
_TIE = Statement(sa.update(CURSORS).where(*_OF_EPOCH).values(**_ANCHOR))
_LAST_PLACE = Statement(sa.select(sa.func.max(CURSORS.c.place)).where(CURSORS.c.machine_id == sa.bindparam("machine")))


def write(connection: sa.Connection, noted: Noted) -> None:
    """Add all of a batch, in an order that foreign keys allow."""
    [(batch,)] = _ADD_BATCH.rows(connection, _batch(noted))
    _ADD_ENTRIES.many(connection, [_entry(noted, batch, each) for each in noted.judged])
    _ADD_LINKS.many(connection, [_link(noted, each) for each in noted.judged])
    _visits(connection, noted)
    _items(connection, noted)
    _ADD_VERDICTS.many(connection, [_verdict(noted, each) for each in noted.judged if each.verdict is not None])
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
        "unknown_a_day": noted.unknown_a_day,
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
        "received_at": noted.sending.received,
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
        "organisation_id": noted.organisation,
        "received_at": noted.sending.received,
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
    _ADD_VISITS.many(connection, [_visit(noted, visit) for visit in noted.visits.values() if visit.id in opened])
    changed = [
        {"visit": visit.id, "ended": visit.closed.value if visit.closed else None, **_totals(visit, "new_")}
        for visit in noted.visits.values()
        if visit.id not in opened
    ]
    _SET_VISIT.many(connection, changed)


def _visit(noted: Noted, visit: Visit) -> Row:
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
        "received_at": noted.sending.received,
        "carried": False,
        **_totals(visit),
    }


def _totals(visit: Visit, before: str = "") -> Row:
    return {f"{before}{name}": getattr(visit.totals, name) for name in TOTALS}


def _items(connection: sa.Connection, noted: Noted) -> None:
    decided = {each.item.id: each for each in noted.judged if each.item and isinstance(each.body, ItemDecided)}
    new = [_item(noted, item, decided[item.id]) for item in noted.items.values() if item.id in decided]
    _ADD_ITEMS.many(connection, new)
    changed = [
        {"item": item.id, "became": item.outcome.value if item.outcome else None}
        for item in noted.items.values()
        if item.id not in decided
    ]
    _SET_OUTCOME.many(connection, changed)


def _item(noted: Noted, item: Item, judged: Judged) -> Row:
    visit = judged.visit
    return {
        "id": item.id,
        "organisation_id": noted.organisation,
        "machine_id": noted.machine,
        "visit_id": item.visit,
        "person_id": visit.person if visit else None,
        "accepted": item.decided.decision.accepted,
        "decided": judged.entry.body_text,
        "earliest": item.span.earliest,
        "latest": item.span.latest,
        "outcome": item.outcome.value if item.outcome else None,
        "received_at": noted.sending.received,
    }


def _cursors(connection: sa.Connection, noted: Noted) -> None:
    """Move the cursors, make those of new epochs, and tie the clock of the boot that sent."""
    boot, tied = noted.sending.boot, noted.anchored
    anchor = {
        "new_anchor_mono": tied.mono if tied else None,
        "new_anchor_earliest": tied.span.earliest if tied else None,
        "new_anchor_latest": tied.span.latest if tied else None,
    }
    untied = tied is not None
    for cursor in noted.cursors:
        to = {"machine": noted.machine, "of": cursor.epoch, "at_seq": cursor.seq, "at_hash": cursor.hash}
        if untied and cursor.epoch == boot:
            if not _MOVE_AND_TIE.change(connection, {**to, **anchor}):
                _begin(connection, noted, cursor, anchor)
            untied = False
        elif not _MOVE.change(connection, to):
            _begin(connection, noted, cursor, {})
    if untied:
        _TIE.change(connection, {"machine": noted.machine, "of": boot, **anchor})


def _begin(connection: sa.Connection, noted: Noted, cursor: Cursor, anchor: Row) -> None:
    """Make the cursor of an epoch that nothing is known of."""
    [(last,)] = _LAST_PLACE.rows(connection, {"machine": noted.machine})
    row = {
        "machine_id": noted.machine,
        "epoch": cursor.epoch,
        "seq": cursor.seq,
        "hash": cursor.hash,
        "begun_at": noted.sending.received,
        "place": (last or 0) + 1,
        "anchor_mono": anchor.get("new_anchor_mono"),
        "anchor_earliest": anchor.get("new_anchor_earliest"),
        "anchor_latest": anchor.get("new_anchor_latest"),
        "organisation_id": noted.organisation,
    }
    _ADD_CURSOR.many(connection, [row])


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
        _ADD_REJECTED.many(connection, rejected)
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
        _ADD_ALARMS.many(connection, rows)
