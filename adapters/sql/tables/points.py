"""The ledger: accounts, transactions, postings, and balances of people's accounts only."""

from typing import Any

import sqlalchemy as sa

from adapters.sql.tables.metadata import METADATA, came, moment, number, organisation, uuid, whose


def _account(**more: Any) -> sa.Column[str]:
    return sa.Column("account_id", sa.String(80), **{"nullable": False, **more})


ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    sa.Column("id", sa.String(80), primary_key=True),
    organisation(),
    sa.Column("kind", sa.String(16), nullable=False),
    uuid("owner"),
    sa.Column("unit", sa.String(16), nullable=False),
)

BALANCES = sa.Table(
    "balances",
    METADATA,
    _account(primary_key=True),
    sa.Column("balance", sa.BigInteger, nullable=False),
    whose(),
    sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
)

TRANSACTIONS = sa.Table(
    "transactions",
    METADATA,
    number(),
    uuid("id", unique=True),
    organisation(),
    moment("at"),
    uuid("reverses", nullable=True, unique=True),
)

POSTINGS = sa.Table(
    "postings",
    METADATA,
    number(),
    uuid("transaction_id"),
    _account(),
    sa.Column("amount", sa.BigInteger, nullable=False),
    whose(),
    came("at"),
    sa.CheckConstraint("amount <> 0", name="ck_postings_amount"),
    sa.Index("ix_postings_transaction", "transaction_id"),
    sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    sa.Index("ix_postings_account", "account_id", "number"),
)
