"""The outbox, answers given under an Idempotency-Key, and which releases the schema serves."""

import sqlalchemy as sa

from adapters.sql.tables.metadata import METADATA, moment, number, organisation, whose

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    number(),
    organisation(),
    sa.Column("aggregate", sa.String(80), nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    moment("at"),
    moment("published_at", nullable=True),
    sa.Column("publication", sa.BigInteger, nullable=True),
    sa.UniqueConstraint("aggregate", "version"),
    sa.Index("uq_outbox_publication", "organisation_id", "publication", unique=True),
)
sa.Index(
    "ix_outbox_unpublished",
    OUTBOX.c.number,
    sqlite_where=OUTBOX.c.published_at.is_(None),
    postgresql_where=OUTBOX.c.published_at.is_(None),
)

ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("scope", sa.String(200), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("body_hash", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    moment("at"),
    whose(),
    sa.PrimaryKeyConstraint("scope", "key"),
)

SERVING = sa.Table("serving", METADATA, sa.Column("since", sa.String(32), primary_key=True))
"""One row: the oldest revision whose release may run on this schema."""
