"""QR sessions: at most one open per person."""

import sqlalchemy as sa

from adapters.sql.tables.metadata import METADATA, moment, organisation, uuid

SESSIONS = sa.Table(
    "sessions",
    METADATA,
    uuid("id", primary_key=True),
    organisation(),
    uuid("person_id"),
    sa.Column("state", sa.String(16), nullable=False),
    moment("issued_at"),
    moment("expires_at"),
    uuid("claimed_by", nullable=True),
    uuid("visit_id", nullable=True),
    moment("ended_at", nullable=True),
)

sa.Index(
    "uq_sessions_open",
    SESSIONS.c.person_id,
    unique=True,
    sqlite_where=SESSIONS.c.state == "issued",
    postgresql_where=SESSIONS.c.state == "issued",
)
sa.Index(
    "ix_sessions_due",
    SESSIONS.c.expires_at,
    sqlite_where=SESSIONS.c.state == "issued",
    postgresql_where=SESSIONS.c.state == "issued",
)
