"""The outbox and the answers to repeated requests as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from attrs import evolve

from adapters.sql.holding import hold
from adapters.sql.statement import Among, Statement, insert
from adapters.sql.tables.keeping import ANSWERS, OUTBOX
from application.ports.outbox import Announcement, Event
from application.ports.repositories import Answer


def _newest_versions(aggregates: list[sa.BindParameter[str]]) -> sa.Select[Any]:
    """Ask for each aggregate's newest version by itself: the end of an index, however long its history is."""
    column: sa.ColumnClause[str] = sa.column("aggregate", sa.String)
    named = sa.values(column, name="named").data([(aggregate,) for aggregate in aggregates]).cte("named")
    newest = sa.select(sa.func.max(OUTBOX.c.version)).where(OUTBOX.c.aggregate == named.c.aggregate)
    return sa.select(named.c.aggregate, newest.scalar_subquery())


_VERSIONS = Among(_newest_versions)
_ADD = insert(OUTBOX, "published_at", "publication")
_UNPUBLISHED = Statement(
    sa.select(
        OUTBOX.c.number, OUTBOX.c.organisation_id, OUTBOX.c.aggregate, OUTBOX.c.version, OUTBOX.c.type, OUTBOX.c.data,
        OUTBOX.c.at, OUTBOX.c.publication,
    )
    .where(OUTBOX.c.published_at.is_(None))
    .order_by(OUTBOX.c.number)
    .limit(sa.bindparam("most"))
)  # fmt: skip
_LATEST = Statement(
    sa.select(sa.func.max(OUTBOX.c.publication)).where(OUTBOX.c.organisation_id == sa.bindparam("organisation"))
)
_NUMBER = Statement(
    sa.update(OUTBOX).where(OUTBOX.c.number == sa.bindparam("row")).values(publication=sa.bindparam("given"))
)
_MARK = Statement(
    sa.update(OUTBOX).where(OUTBOX.c.number == sa.bindparam("row")).values(published_at=sa.bindparam("moment"))
)
_PLAIN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS


class SqlOutbox:
    """The repository of events."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, announcements: Sequence[Announcement]) -> None:
        """Add rows; each gets the next version of its aggregate."""
        if not announcements:
            return
        aggregates = {announcement.aggregate for announcement in announcements}
        # Whoever tells of the same thing waits here: versions count up without a hole, in the order of commits.
        hold(self._connection, [f"events of {aggregate}" for aggregate in aggregates])
        versions: dict[str, int | None] = dict(_VERSIONS.rows(self._connection, aggregates))
        texts: dict[int, str] = {}
        rows = []
        for one in announcements:
            version = versions[one.aggregate] = (versions[one.aggregate] or 0) + 1
            # A machine's event and its session's are often the very same data.
            text = texts.get(id(one.data))
            if text is None:
                text = texts[id(one.data)] = orjson.dumps(one.data, option=_PLAIN).decode()
            rows.append(
                {
                    "organisation_id": one.organisation,
                    "aggregate": one.aggregate,
                    "version": version,
                    "type": one.type,
                    "data": text,
                    "at": one.at,
                }
            )
        _ADD.many(self._connection, rows)

    def unpublished(self, limit: int) -> Sequence[Event]:
        """Return committed rows that were not marked, by id."""
        return [_event(row) for row in _UNPUBLISHED.rows(self._connection, {"most": limit})]

    def number(self, limit: int) -> Sequence[Event]:
        """Give rows that were not marked their publication numbers, and return them."""
        # One numbers at a time, until it is committed: so numbers are seen in their order.
        hold(self._connection, ["publications"])
        waiting = [_event(row) for row in _UNPUBLISHED.rows(self._connection, {"most": limit})]
        new = [event for event in waiting if event.publication is None]
        latest = {organisation: self.latest_publication(organisation) for organisation in {e.organisation for e in new}}
        given: dict[int, int] = {}
        for event in new:
            latest[event.organisation] += 1
            given[event.id] = latest[event.organisation]
        _NUMBER.many(self._connection, [{"row": row, "given": number} for row, number in given.items()])
        numbered = [evolve(event, publication=given.get(event.id, event.publication)) for event in waiting]
        return sorted(numbered, key=lambda event: event.publication or 0)

    def mark_published(self, ids: Sequence[int], at: int) -> None:
        """Mark rows as published."""
        _MARK.many(self._connection, [{"row": number, "moment": at} for number in ids])

    def since(self, aggregate: str, version: int, limit: int) -> Sequence[Event]:
        """Return an aggregate's rows with a greater version."""
        query = sa.select(OUTBOX).where(OUTBOX.c.aggregate == aggregate, OUTBOX.c.version > version)
        return self._events(query, OUTBOX.c.version, limit)

    def latest_version(self, aggregate: str) -> int:
        """Return an aggregate's newest version."""
        query = sa.select(sa.func.max(OUTBOX.c.version)).where(OUTBOX.c.aggregate == aggregate)
        return self._connection.execute(query).scalar_one() or 0

    def feed(self, organisation: str, after: int, limit: int) -> Sequence[Event]:
        """Return an organisation's rows with a greater publication number."""
        query = sa.select(OUTBOX).where(OUTBOX.c.organisation_id == organisation, OUTBOX.c.publication > after)
        return self._events(query, OUTBOX.c.publication, limit)

    def recent(self, organisation: str, limit: int) -> Sequence[Event]:
        """Return the rows of an organisation that were numbered last."""
        query = sa.select(OUTBOX).where(OUTBOX.c.organisation_id == organisation, OUTBOX.c.publication.is_not(None))
        return self._events(query, OUTBOX.c.publication.desc(), limit)[::-1]

    def latest_publication(self, organisation: str) -> int:
        """Return an organisation's greatest publication number."""
        [(latest,)] = _LATEST.rows(self._connection, {"organisation": organisation})
        return int(latest or 0)

    def waiting(self) -> int:
        """Count the rows that are not published."""
        query = sa.select(sa.func.count()).select_from(OUTBOX).where(OUTBOX.c.published_at.is_(None))
        return self._connection.execute(query).scalar_one()

    def _events(self, query: sa.Select[Any], order: sa.ColumnElement[int], limit: int) -> list[Event]:
        rows = self._connection.execute(query.order_by(order).limit(limit))
        return [
            Event(
                id=row.number,
                organisation=row.organisation_id,
                aggregate=row.aggregate,
                version=row.version,
                type=row.type,
                data=orjson.loads(row.data),
                at=row.at,
                publication=row.publication,
            )
            for row in rows
        ]


def _event(row: tuple[int, str, str, int, str, str, int, int | None]) -> Event:
    number, organisation, aggregate, version, type_, data, at, publication = row
    return Event(number, organisation, aggregate, version, type_, orjson.loads(data), at, publication)


_ANSWER = sa.select(ANSWERS)


class SqlAnswers:
    """The repository of answers."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def get(self, scope: str, key: str) -> Answer | None:
        """Return what is kept."""
        return self._one(_ANSWER.where(ANSWERS.c.scope == scope, ANSWERS.c.key == key))

    def locked(self, scope: str, key: str) -> Answer | None:
        """Return what is kept, and hold it."""
        return self._one(_ANSWER.where(ANSWERS.c.scope == scope, ANSWERS.c.key == key).with_for_update())

    def _one(self, query: sa.Select[Any]) -> Answer | None:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return Answer(row.scope, row.key, row.body_hash, row.status, bytes(row.body), row.at, row.organisation_id)

    def keep(self, answer: Answer) -> None:
        """Keep an answer; it replaces the one there."""
        values = {"body_hash": answer.body_hash, "status": answer.status, "body": answer.body, "at": answer.at}
        changed = self._connection.execute(
            sa.update(ANSWERS).where(ANSWERS.c.scope == answer.scope, ANSWERS.c.key == answer.key).values(values)
        )
        if changed.rowcount == 0:
            placed = {"scope": answer.scope, "key": answer.key, "organisation_id": answer.organisation}
            self._connection.execute(sa.insert(ANSWERS), {**placed, **values})

    def drop(self, scope: str, key: str) -> None:
        """Forget one."""
        self._connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.scope == scope, ANSWERS.c.key == key))

    def drop_before(self, at: int) -> None:
        """Forget those that are older."""
        self._connection.execute(sa.delete(ANSWERS).where(ANSWERS.c.at < at))
