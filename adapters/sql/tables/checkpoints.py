"""Checkpoints: what is left of the months of entries and postings that went."""

import sqlalchemy as sa

from adapters.sql.tables.metadata import METADATA, moment, number, organisation

CHECKPOINTS = sa.Table(
    "checkpoints",
    METADATA,
    number(),
    organisation(),
    sa.Column("month", sa.String(7), nullable=False, unique=True),
    moment("until"),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("key_id", sa.String(8), nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
)
