"""QR sessions as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.holding import hold
from adapters.sql.statement import Among, Statement
from adapters.sql.tables.sessions import SESSIONS
from domain.deposits.session import Session, State

_COLUMNS = (
    SESSIONS.c.id,
    SESSIONS.c.organisation_id,
    SESSIONS.c.person_id,
    SESSIONS.c.issued_at,
    SESSIONS.c.expires_at,
    SESSIONS.c.state,
    SESSIONS.c.claimed_by,
    SESSIONS.c.visit_id,
    SESSIONS.c.ended_at,
)
_SELECT = sa.select(*_COLUMNS)
# In the order of their ids, so that no two units of work wait for each other.
_LOCKED = Among(lambda ids: _SELECT.where(SESSIONS.c.id.in_(ids)).order_by(SESSIONS.c.id).with_for_update())
_KEEP = Statement(
    sa.update(SESSIONS)
    .where(SESSIONS.c.id == sa.bindparam("session"))
    .values(
        state=sa.bindparam("new_state"),
        claimed_by=sa.bindparam("new_claimed_by"),
        visit_id=sa.bindparam("new_visit"),
        ended_at=sa.bindparam("new_ended_at"),
    )
)


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
        return self._one(_SELECT.where(SESSIONS.c.id == id))

    def locked(self, ids: Sequence[str]) -> dict[str, Session]:
        """Return sessions by id, and hold them."""
        return {row[0]: _session(row) for row in _LOCKED.rows(self._connection, ids)}

    def open_of(self, person: str) -> Session | None:
        """Return a person's open session and hold it; no other is opened meanwhile."""
        hold(self._connection, [f"session of {person}"])
        query = _SELECT.where(SESSIONS.c.person_id == person, SESSIONS.c.state == State.ISSUED.value)
        return self._one(query.with_for_update())

    def keep(self, session: Session) -> None:
        """Replace what is kept of a session."""
        _KEEP.change(
            self._connection,
            {
                "session": session.id,
                "new_state": session.state.value,
                "new_claimed_by": session.claimed_by,
                "new_visit": session.visit,
                "new_ended_at": session.ended_at,
            },
        )

    def due(self, now: int, limit: int) -> Sequence[Session]:
        """Return open sessions whose time is over."""
        query = _SELECT.where(SESSIONS.c.state == State.ISSUED.value, SESSIONS.c.expires_at <= now)
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


def _session(row: Sequence[Any]) -> Session:
    of, organisation, person, issued_at, expires_at, state, claimed_by, visit, ended_at = row
    return Session(of, organisation, person, issued_at, expires_at, State(state), claimed_by, visit, ended_at)
