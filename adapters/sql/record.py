"""What machines reported, as rows: read back what a batch refers to."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.record_rows import TOTALS, write
from adapters.sql.statement import Among, Statement
from adapters.sql.tables.checkpoints import CHECKPOINTS
from adapters.sql.tables.fleet import MACHINES
from adapters.sql.tables.recorded import ALARMS, CURSORS, ITEMS, LINKS, REJECTED, VERDICTS, VISITS
from application.ports.record_store import HistoryLine, Noted, RaisedAlarm
from domain.deposits.bodies import Ending, ItemDecided, Opener, Outcome, read_body
from domain.deposits.chain import Held, Link
from domain.deposits.corrected_time import Anchor, Known, Span
from domain.deposits.journal import NO_HASH, Cursor, Kind, MalformedEntry
from domain.deposits.record import Alarm
from domain.deposits.settlement import Standing, Verdict, Why
from domain.deposits.visit import Item, TokenStanding, Totals, Visit

_MACHINE: sa.BindParameter[str] = sa.bindparam("machine")
_LINKS = Among(
    lambda hashes: sa.select(
        LINKS.c.hash, LINKS.c.epoch, LINKS.c.seq, LINKS.c.mono, LINKS.c.earliest, LINKS.c.latest
    ).where(LINKS.c.machine_id == _MACHINE, LINKS.c.hash.in_(hashes))
)
_REJECTED = Among(
    lambda hashes: sa.select(REJECTED.c.hash, REJECTED.c.epoch, REJECTED.c.seq).where(
        REJECTED.c.machine_id == _MACHINE, REJECTED.c.hash.in_(hashes)
    )
)
_SUCCEEDED = Among(
    lambda follows: sa.select(LINKS.c.prev).where(LINKS.c.machine_id == _MACHINE, LINKS.c.prev.in_(follows))
)
_IDS = Among(lambda ids: sa.select(LINKS.c.entry_id, LINKS.c.hash).where(LINKS.c.entry_id.in_(ids)))
_PLACE = (CURSORS.c.epoch, CURSORS.c.seq, CURSORS.c.hash)
_NEWEST = Statement(
    sa.select(*_PLACE).where(CURSORS.c.machine_id == _MACHINE).order_by(CURSORS.c.place.desc()).limit(1)
)
_CURSOR = Statement(
    sa.select(*_PLACE).where(CURSORS.c.machine_id == _MACHINE, CURSORS.c.epoch == sa.bindparam("of_epoch"))
)
VISIT = (
    VISITS.c.id,
    VISITS.c.organisation_id,
    VISITS.c.machine_id,
    VISITS.c.opened_by,
    VISITS.c.token,
    VISITS.c.person_id,
    VISITS.c.session_id,
    VISITS.c.earliest,
    VISITS.c.latest,
    VISITS.c.price_list,
    VISITS.c.closed,
    *(VISITS.c[name] for name in TOTALS),
)
VERDICT = (VERDICTS.c.standing, VERDICTS.c.why, VERDICTS.c.points, VERDICTS.c.price_list)
_VISITS = Among(lambda ids: sa.select(*VISIT).where(VISITS.c.machine_id == _MACHINE, VISITS.c.id.in_(ids)))
_SEALED = Among(
    lambda ids: sa.select(VISITS.c.id).where(
        VISITS.c.id.in_(ids),
        VISITS.c.received_at < sa.select(sa.func.max(CHECKPOINTS.c.until)).scalar_subquery(),
        sa.not_(VISITS.c.carried),
    )
)
_SESSION_MACHINES = Among(
    lambda sessions: (
        sa.select(VISITS.c.session_id, VISITS.c.machine_id).where(VISITS.c.session_id.in_(sessions)).distinct()
    )
)
ITEM = (
    ITEMS.c.id,
    ITEMS.c.visit_id,
    ITEMS.c.machine_id,
    ITEMS.c.decided,
    ITEMS.c.earliest,
    ITEMS.c.latest,
    ITEMS.c.outcome,
)
_ITEMS = Among(lambda ids: sa.select(*ITEM).where(ITEMS.c.machine_id == _MACHINE, ITEMS.c.id.in_(ids)))


class SqlRecord:
    """The repository of what machines reported."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def held(self, machine: str, hashes: Collection[str], follows: Collection[str], ids: Collection[str]) -> Held:
        """Return what is held around a batch."""
        of_machine = {"machine": machine}
        links = {row[0]: _link(*row) for row in _LINKS.rows(self._connection, {*hashes, *follows}, of_machine)}
        # What is followed and is no entry may have been kept apart.
        unknown = {*follows} - links.keys() - {*hashes, NO_HASH}
        links.update(self._apart(machine, unknown))
        # What is not held has no successor here: an entry is stored after the one that it follows.
        firm = [prev for prev in follows if prev in links or prev == NO_HASH]
        followed = _SUCCEEDED.rows(self._connection, firm, of_machine)
        taken = _IDS.rows(self._connection, ids)
        return Held(links=links, succeeded={prev for (prev,) in followed}, ids=dict(taken))

    def rejected(self, machine: str, hash: str) -> Link | None:
        """Return what was kept apart under a hash."""
        return self._apart(machine, [hash]).get(hash)

    def _apart(self, machine: str, hashes: Collection[str]) -> dict[str, Link]:
        rows = _REJECTED.rows(self._connection, hashes, {"machine": machine})
        return {hashed: Link(hashed, epoch, seq, None) for hashed, epoch, seq in rows}

    def cursor(self, machine: str, epoch: str | None = None) -> Cursor | None:
        """Return how far an epoch is held; without one, the epoch that was begun last."""
        statement = _NEWEST if epoch is None else _CURSOR
        rows = statement.rows(self._connection, {"machine": machine, "of_epoch": epoch})
        return Cursor(*rows[0]) if rows else None

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
        return {row[0]: visit_of(row) for row in _VISITS.rows(self._connection, ids, {"machine": machine})}

    def sealed(self, visits: Collection[str]) -> set[str]:
        """Return those of these visits that were over when their month's entries went."""
        return {visit for (visit,) in _SEALED.rows(self._connection, visits)}

    def items(self, machine: str, ids: Collection[str]) -> dict[str, Item]:
        """Return a machine's items by id."""
        return {row[0]: item_of(row) for row in _ITEMS.rows(self._connection, ids, {"machine": machine})}

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
        found: dict[str, set[str]] = {}
        for session, machine in _SESSION_MACHINES.rows(self._connection, sessions):
            found.setdefault(session, set()).add(machine)
        return found

    def note(self, noted: Noted) -> None:
        """Add all of a batch."""
        write(self._connection, noted)

    def history(self, person: str, before: int | None, limit: int) -> Sequence[HistoryLine]:
        """Return a person's items, the newest first, below a number."""
        query = (
            sa.select(*ITEM, ITEMS.c.number, MACHINES.c.name.label("machine_name"), *VERDICT)
            .join(MACHINES, MACHINES.c.id == ITEMS.c.machine_id)
            .outerjoin(VERDICTS, VERDICTS.c.item_id == ITEMS.c.id)
            .where(ITEMS.c.person_id == person)
        )
        if before is not None:
            query = query.where(ITEMS.c.number < before)
        rows = self._connection.execute(query.order_by(ITEMS.c.number.desc()).limit(limit))
        return [
            HistoryLine(row.number, item_of(row[: len(ITEM)]), verdict_of(row[-len(VERDICT) :]), row.machine_name)
            for row in rows
        ]

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


def visit_of(row: Sequence[Any]) -> Visit:
    """Read a visit from its row (VISIT's columns). Raises ValueError for words that are none of ours."""
    of, organisation, machine, opener, token, person, session, earliest, latest, price_list, closed, *totals = row
    return Visit(
        id=of,
        organisation=organisation,
        machine=machine,
        by=Opener(opener),
        token=TokenStanding(token),
        person=person,
        session=session,
        opened=Span(earliest, latest),
        price_list=price_list,
        totals=Totals(*totals),
        closed=Ending(closed) if closed else None,
    )


def item_of(row: Sequence[Any]) -> Item:
    """Read an item from its row (ITEM's columns). Raises ValueError (MalformedEntry among them)."""
    of, visit, machine, text, earliest, latest, outcome = row
    decided = read_body(Kind.ITEM_DECIDED, json.loads(text))
    if not isinstance(decided, ItemDecided):
        raise MalformedEntry(f"item {of} holds another kind of body")
    return Item(of, visit, machine, decided, Span(earliest, latest), Outcome(outcome) if outcome else None)


def verdict_of(row: Sequence[Any]) -> Verdict | None:
    """Read a verdict from its row (VERDICT's columns); None without one. Raises ValueError."""
    standing, why, points, price_list = row
    return None if standing is None else Verdict(Standing(standing), Why(why), points, price_list)
