"""What machines reported, as rows: read back what a batch refers to."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.record_rows import write
from adapters.sql.tables.fleet import MACHINES
from adapters.sql.tables.recorded import ALARMS, CURSORS, ITEMS, LINKS, REJECTED, VERDICTS, VISITS
from application.ports.record_store import HistoryLine, Noted, RaisedAlarm
from domain.deposits.bodies import Ending, ItemDecided, Opener, Outcome, read_body
from domain.deposits.chain import Held, Link
from domain.deposits.corrected_time import Anchor, Known, Span
from domain.deposits.journal import Cursor, Kind, MalformedEntry
from domain.deposits.record import Alarm
from domain.deposits.settlement import Standing, Verdict, Why
from domain.deposits.visit import Item, TokenStanding, Totals, Visit

_MACHINE: sa.BindParameter[str] = sa.bindparam("machine")
_LINKS = sa.select(LINKS.c.hash, LINKS.c.epoch, LINKS.c.seq, LINKS.c.mono, LINKS.c.earliest, LINKS.c.latest).where(
    LINKS.c.machine_id == _MACHINE, LINKS.c.hash.in_(sa.bindparam("hashes", expanding=True))
)
_REJECTED = sa.select(REJECTED.c.hash, REJECTED.c.epoch, REJECTED.c.seq).where(
    REJECTED.c.machine_id == _MACHINE, REJECTED.c.hash.in_(sa.bindparam("hashes", expanding=True))
)
_SUCCEEDED = sa.select(LINKS.c.prev).where(
    LINKS.c.machine_id == _MACHINE, LINKS.c.prev.in_(sa.bindparam("follows", expanding=True))
)
_IDS = sa.select(LINKS.c.entry_id, LINKS.c.hash).where(LINKS.c.entry_id.in_(sa.bindparam("ids", expanding=True)))
_NEWEST = sa.select(CURSORS).where(CURSORS.c.machine_id == _MACHINE).order_by(CURSORS.c.place.desc()).limit(1)
_CURSOR = sa.select(CURSORS).where(CURSORS.c.machine_id == _MACHINE, CURSORS.c.epoch == sa.bindparam("epoch"))
_VISITS = sa.select(VISITS).where(VISITS.c.machine_id == _MACHINE, VISITS.c.id.in_(sa.bindparam("ids", expanding=True)))
_ITEMS = sa.select(ITEMS).where(ITEMS.c.machine_id == _MACHINE, ITEMS.c.id.in_(sa.bindparam("ids", expanding=True)))


class SqlRecord:
    """The repository of what machines reported."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def held(self, machine: str, hashes: Collection[str], follows: Collection[str], ids: Collection[str]) -> Held:
        """Return what is held around a batch."""
        wanted = {"machine": machine, "hashes": list(hashes)}
        links = {row[0]: _link(*row) for row in self._connection.execute(_LINKS, wanted)}
        if len(links) < len(wanted["hashes"]):
            for row in self._connection.execute(_REJECTED, wanted):
                links.setdefault(row.hash, Link(row.hash, row.epoch, row.seq, None))
        followed = self._connection.execute(_SUCCEEDED, {"machine": machine, "follows": list(follows)})
        taken = self._connection.execute(_IDS, {"ids": list(ids)})
        return Held(links=links, succeeded={row[0] for row in followed}, ids={row[0]: row[1] for row in taken})

    def cursor(self, machine: str, epoch: str | None = None) -> Cursor | None:
        """Return how far an epoch is held; without one, the epoch that was begun last."""
        if epoch is None:
            row = self._connection.execute(_NEWEST, {"machine": machine}).one_or_none()
        else:
            row = self._connection.execute(_CURSOR, {"machine": machine, "epoch": epoch}).one_or_none()
        return Cursor(row.epoch, row.seq, row.hash) if row is not None else None

    def anchors(self, machine: str, epochs: Collection[str]) -> dict[str, Anchor]:
        """Return what ties these epochs' clocks to the platform's time, where known."""
        if not epochs:
            return {}
        query = sa.select(CURSORS).where(
            CURSORS.c.machine_id == machine, CURSORS.c.epoch.in_(epochs), CURSORS.c.anchor_mono.is_not(None)
        )
        return {
            row.epoch: Anchor(row.anchor_mono, Span(row.anchor_earliest, row.anchor_latest))
            for row in self._connection.execute(query)
        }

    def visits(self, machine: str, ids: Collection[str]) -> dict[str, Visit]:
        """Return a machine's visits by id."""
        rows = self._connection.execute(_VISITS, {"machine": machine, "ids": list(ids)})
        return {row.id: visit_of(row) for row in rows}

    def items(self, machine: str, ids: Collection[str]) -> dict[str, Item]:
        """Return a machine's items by id."""
        rows = self._connection.execute(_ITEMS, {"machine": machine, "ids": list(ids)})
        return {row.id: item_of(row) for row in rows}

    def unknown(self, machine: str, span: Span) -> int:
        """Count a machine's accepted items of unknown outcome whose earliest time lies within the span."""
        query = sa.select(sa.func.count()).where(
            ITEMS.c.machine_id == machine,
            ITEMS.c.outcome == Outcome.UNKNOWN.value,
            ITEMS.c.accepted,
            ITEMS.c.earliest.between(span.earliest, span.latest),
        )
        return self._connection.execute(query).scalar_one()

    def session_machines(self, sessions: Collection[str]) -> dict[str, set[str]]:
        """Return on which machines visits named these sessions."""
        query = sa.select(VISITS.c.session_id, VISITS.c.machine_id).where(VISITS.c.session_id.in_(sessions))
        found: dict[str, set[str]] = {}
        for row in self._connection.execute(query.distinct()):
            found.setdefault(row.session_id, set()).add(row.machine_id)
        return found

    def note(self, noted: Noted) -> None:
        """Add all of a batch."""
        write(self._connection, noted)

    def history(self, person: str, before: int | None, limit: int) -> Sequence[HistoryLine]:
        """Return a person's items, the newest first, below a number."""
        query = (
            sa.select(ITEMS, VERDICTS.c.standing, VERDICTS.c.why, VERDICTS.c.points, VERDICTS.c.price_list)
            .add_columns(MACHINES.c.name.label("machine_name"))
            .join(MACHINES, MACHINES.c.id == ITEMS.c.machine_id)
            .outerjoin(VERDICTS, VERDICTS.c.item_id == ITEMS.c.id)
            .where(ITEMS.c.person_id == person)
        )
        if before is not None:
            query = query.where(ITEMS.c.number < before)
        rows = self._connection.execute(query.order_by(ITEMS.c.number.desc()).limit(limit))
        return [HistoryLine(row.number, item_of(row), verdict_of(row), row.machine_name) for row in rows]

    def alarms(self, organisation: str, before: int | None, limit: int) -> Sequence[RaisedAlarm]:
        """Return an organisation's alarms, the newest first, below a number."""
        query = sa.select(ALARMS).where(ALARMS.c.organisation_id == organisation)
        if before is not None:
            query = query.where(ALARMS.c.number < before)
        rows = self._connection.execute(query.order_by(ALARMS.c.number.desc()).limit(limit))
        return [RaisedAlarm(row.number, row.machine_id, Alarm(row.kind, row.detail), row.raised_at) for row in rows]

    def raise_alarm(self, organisation: str, machine: str | None, alarm: Alarm, at: int) -> None:
        """Keep an alarm that no batch brought."""
        self._connection.execute(
            sa.insert(ALARMS),
            {
                "organisation_id": organisation,
                "machine_id": machine,
                "kind": alarm.kind,
                "detail": alarm.detail,
                "raised_at": at,
            },
        )


def _link(hash: str, epoch: str, seq: int, mono: int, earliest: int, latest: int) -> Link:
    return Link(hash, epoch, seq, Known(epoch, mono, Span(earliest, latest)))


def visit_of(row: sa.Row[Any]) -> Visit:
    """Read a visit from its row. Raises ValueError for words that are none of ours."""
    return Visit(
        id=row.id,
        organisation=row.organisation_id,
        machine=row.machine_id,
        by=Opener(row.opened_by),
        token=TokenStanding(row.token),
        person=row.person_id,
        session=row.session_id,
        opened=Span(row.earliest, row.latest),
        price_list=row.price_list,
        totals=Totals(
            items=row.items,
            accepted=row.accepted,
            stored=row.stored,
            returned=row.returned,
            unknown=row.unknown,
            credited=row.credited,
            held=row.held,
            refused=row.refused,
            points=row.points,
        ),
        closed=Ending(row.closed) if row.closed else None,
    )


def item_of(row: sa.Row[Any]) -> Item:
    """Read an item from its row. Raises ValueError (MalformedEntry among them)."""
    decided = read_body(Kind.ITEM_DECIDED, json.loads(row.decided))
    if not isinstance(decided, ItemDecided):
        raise MalformedEntry(f"item {row.id} holds another kind of body")
    return Item(
        id=row.id,
        visit=row.visit_id,
        machine=row.machine_id,
        decided=decided,
        span=Span(row.earliest, row.latest),
        outcome=Outcome(row.outcome) if row.outcome else None,
    )


def verdict_of(row: sa.Row[Any]) -> Verdict | None:
    """Read a verdict from its row; None without one. Raises ValueError for words that are none of ours."""
    if row.standing is None:
        return None
    return Verdict(Standing(row.standing), Why(row.why), row.points, row.price_list)
