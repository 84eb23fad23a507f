"""Organisations, the keys they sign with, their machines and price lists."""

import sqlalchemy as sa

from adapters.sql.tables.metadata import METADATA, moment, organisation, uuid

ORGANISATIONS = sa.Table(
    "organisations",
    METADATA,
    uuid("id", primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    moment("created_at"),
)

SIGNERS = sa.Table(
    "signers",
    METADATA,
    sa.Column("key_id", sa.String(8), primary_key=True),
    organisation(),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    moment("added_at"),
)

MACHINES = sa.Table(
    "machines",
    METADATA,
    uuid("id", primary_key=True),
    organisation(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
    moment("registered_at"),
    moment("contacted_at", nullable=True),
    sa.Column("waiting", sa.Integer, nullable=False, server_default="0"),
)

PRICE_LISTS = sa.Table(
    "price_lists",
    METADATA,
    organisation(),
    sa.Column("version", sa.String(64), nullable=False),
    moment("valid_from"),
    moment("valid_until"),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("key_id", sa.String(8), nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    moment("published_at"),
    sa.PrimaryKeyConstraint("organisation_id", "version"),
)
