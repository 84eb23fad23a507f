"""QR sessions as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.tables.sessions import SESSIONS
from domain.deposits.session import Session, State


class SqlSessions:
    """The repository of sessions."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, session: Session) -> None:
        """Keep a new session."""
        self._connection.execute(sa.insert(SESSIONS), {"id": session.id, **_columns(session)})

    def get(self, id: str) -> Session | None:
        """Return a session."""
        return self._one(sa.select(SESSIONS).where(SESSIONS.c.id == id))

    def locked(self, ids: Sequence[str]) -> dict[str, Session]:
        """Return sessions by id, and hold them; in the order of their ids, so that no two wait for each other."""
        query = sa.select(SESSIONS).where(SESSIONS.c.id.in_(ids)).order_by(SESSIONS.c.id).with_for_update()
        return {row.id: _session(row) for row in self._connection.execute(query)}

    def open_of(self, person: str) -> Session | None:
        """Return a person's open session."""
        return self._one(
            sa.select(SESSIONS).where(SESSIONS.c.person_id == person, SESSIONS.c.state == State.ISSUED.value)
        )

    def keep(self, session: Session) -> None:
        """Replace what is kept of a session."""
        self._connection.execute(sa.update(SESSIONS).where(SESSIONS.c.id == session.id).values(_columns(session)))

    def due(self, now: int, limit: int) -> Sequence[Session]:
        """Return open sessions whose time is over."""
        query = sa.select(SESSIONS).where(SESSIONS.c.state == State.ISSUED.value, SESSIONS.c.expires_at <= now)
        rows = self._connection.execute(query.order_by(SESSIONS.c.expires_at).limit(limit))
        return [_session(row) for row in rows]

    def _one(self, query: sa.Select[Any]) -> Session | None:
        row = self._connection.execute(query).one_or_none()
        return _session(row) if row is not None else None


def _columns(session: Session) -> dict[str, Any]:
    return {
        "organisation_id": session.organisation,
        "person_id": session.person,
        "state": session.state.value,
        "issued_at": session.issued_at,
        "expires_at": session.expires_at,
        "claimed_by": session.claimed_by,
        "visit_id": session.visit,
        "ended_at": session.ended_at,
    }


def _session(row: sa.Row[Any]) -> Session:
    return Session(
        id=row.id,
        organisation=row.organisation_id,
        person=row.person_id,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        state=State(row.state),
        claimed_by=row.claimed_by,
        visit=row.visit_id,
        ended_at=row.ended_at,
    )
