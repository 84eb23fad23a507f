"""The one metadata, and the columns that many tables share."""

from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A key that counts up: SQLite does so only for INTEGER."""


def uuid(name: str, **more: Any) -> sa.Column[str]:
    """A UUID in its usual text form (or another short id)."""
    return sa.Column(name, sa.String(64), **{"nullable": False, **more})


def organisation() -> sa.Column[str]:
    """Whose row it is."""
    return sa.Column("organisation_id", sa.String(36), sa.ForeignKey("organisations.id"), nullable=False)


def whose() -> sa.Column[str]:
    """Whose row it is, in the narrow tables: a machine, an account or a transaction ties it to the organisation."""
    return sa.Column("organisation_id", sa.String(36), nullable=False)


def moment(name: str, **more: Any) -> sa.Column[int]:
    """Microseconds UTC since 1970."""
    return sa.Column(name, sa.BigInteger, **{"nullable": False, **more})


def came(name: str = "received_at") -> sa.Column[int]:
    """When a row came, by the platform's clock: by its month it is kept, and goes."""
    return moment(name, server_default="0")


def number() -> sa.Column[int]:
    """A key that counts up."""
    return sa.Column("number", NUMBER, primary_key=True, autoincrement=True)
