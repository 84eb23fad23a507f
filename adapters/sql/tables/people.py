"""People: who they are (the only place with an address), and the families of their refresh tokens."""

import sqlalchemy as sa

from adapters.sql.tables.metadata import METADATA, moment, organisation, uuid

PEOPLE = sa.Table(
    "people",
    METADATA,
    uuid("person_id", primary_key=True),
    organisation(),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    moment("created_at"),
    sa.UniqueConstraint("organisation_id", "address"),
)

FAMILIES = sa.Table(
    "families",
    METADATA,
    uuid("id", primary_key=True),
    organisation(),
    uuid("person_id", index=True),
    moment("opened_at"),
    sa.Column("generation", sa.BigInteger, nullable=False),
    moment("rotated_at"),
    sa.Column("ended", sa.String(16), nullable=True),
    sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
)
