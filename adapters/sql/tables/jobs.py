"""Jobs: work that is done apart from the request that caused it."""

import sqlalchemy as sa

from adapters.sql.tables.metadata import METADATA, moment, number, organisation, uuid

JOBS = sa.Table(
    "jobs",
    METADATA,
    number(),
    uuid("id", unique=True),
    organisation(),
    sa.Column("queue", sa.String(20), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("aggregate", sa.String(80), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    moment("made_at"),
    moment("due_at"),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    moment("leased_until"),
    moment("ended_at", nullable=True),
    sa.Column("why", sa.Text, nullable=True),
    sa.Index("ix_jobs_state", "state", "number"),
    sa.Index("ix_jobs_aggregate", "aggregate", "number"),
)
