"""The ledger as rows. No statement here computes a balance: what is written is what `post` returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.holding import hold
from adapters.sql.statement import Among, Statement, insert, insert_unless_there
from adapters.sql.tables.points import ACCOUNTS, BALANCES, POSTINGS, TRANSACTIONS
from application.ports.ledger_store import StatementLine
from domain.points.ledger import Account, AccountKind, Posting, Transaction

_BALANCES = Among(
    lambda accounts: (
        sa.select(BALANCES.c.account_id, BALANCES.c.balance)
        .where(BALANCES.c.account_id.in_(accounts))
        .order_by(BALANCES.c.account_id)
        .with_for_update()
    )
)
_KNOWN = Among(lambda accounts: sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.id.in_(accounts)))
_ADD_ACCOUNT = insert_unless_there(ACCOUNTS)
_ADD_BALANCE = insert(BALANCES)
_ADD_TRANSACTION = insert(TRANSACTIONS)
_ADD_POSTING = insert(POSTINGS)
_SET_BALANCE = Statement(
    sa.update(BALANCES)
    .where(BALANCES.c.account_id == sa.bindparam("account"))
    .values(balance=sa.bindparam("new_balance"))
)


MOST_SEEN = 100_000
"""Accounts whose being there is remembered, about 10 MB."""


class SqlLedger:
    """The repository of the ledger."""

    def __init__(self, connection: sa.Connection, seen: set[str]) -> None:
        """Work inside this connection's transaction. `seen` are accounts that are there: none ever goes."""
        self._connection = connection
        self._seen = seen
        self._made: set[str] = set()

    def balances(self, accounts: Sequence[Account]) -> dict[Account, int]:
        """Return balances, and hold them."""
        by_id = {account.id: account for account in accounts}
        held: dict[str, int] = dict(_BALANCES.rows(self._connection, by_id))
        new = [name for name in by_id if name not in held]
        # There is no row to lock yet; whoever was first has made it by the time that we may go on.
        if new and hold(self._connection, new):
            held.update(_BALANCES.rows(self._connection, new))
        return {by_id[name]: balance for name, balance in held.items()}

    def balance(self, account: Account) -> int:
        """Return one balance."""
        query = sa.select(BALANCES.c.balance).where(BALANCES.c.account_id == account.id)
        return self._connection.execute(query).scalar_one_or_none() or 0

    def append(self, transactions: Sequence[Transaction], balances: Mapping[Account, int]) -> None:
        """Keep transactions and the balances after them."""
        postings = [(transaction, posting) for transaction in transactions for posting in transaction.postings]
        self._open({posting.account.id: posting.account for _, posting in postings})
        _ADD_TRANSACTION.many(
            self._connection,
            [
                {"id": each.id, "organisation_id": each.organisation, "at": each.at, "reverses": each.reverses}
                for each in transactions
            ],
        )
        _ADD_POSTING.many(
            self._connection,
            [
                {
                    "transaction_id": of.id,
                    "account_id": posting.account.id,
                    "amount": posting.amount,
                    "organisation_id": of.organisation,
                    "at": of.at,
                }
                for of, posting in postings
            ],
        )
        changed = [{"account": account.id, "new_balance": balance} for account, balance in balances.items()]
        _SET_BALANCE.many(self._connection, changed)

    def _open(self, accounts: Mapping[str, Account]) -> None:
        """Make the accounts that are new."""
        unseen = [name for name in accounts if name not in self._seen]
        if not unseen:
            return
        if len(self._seen) > MOST_SEEN:
            self._seen.clear()
        known = {name for (name,) in _KNOWN.rows(self._connection, unseen)}
        # What is made here is not committed yet; it is seen the next time.
        self._seen.update(known - self._made)
        new = [accounts[name] for name in unseen if name not in known]
        self._made.update(account.id for account in new)
        _ADD_ACCOUNT.many(
            self._connection,
            [
                {
                    "id": account.id,
                    "organisation_id": account.organisation,
                    "kind": account.kind.value,
                    "owner": account.owner,
                    "unit": account.unit,
                }
                for account in new
            ],
        )
        fresh = [
            {"account_id": account.id, "balance": 0, "organisation_id": account.organisation}
            for account in new
            if account.has_balance
        ]
        _ADD_BALANCE.many(self._connection, fresh)

    def get(self, id: str) -> Transaction | None:
        """Return a transaction."""
        head = self._connection.execute(sa.select(TRANSACTIONS).where(TRANSACTIONS.c.id == id)).one_or_none()
        if head is None:
            return None
        query = (
            sa.select(POSTINGS.c.amount, ACCOUNTS)
            .join(ACCOUNTS, ACCOUNTS.c.id == POSTINGS.c.account_id)
            .where(POSTINGS.c.transaction_id == id)
            .order_by(POSTINGS.c.number)
        )
        return Transaction(
            id=head.id,
            organisation=head.organisation_id,
            at=head.at,
            postings=tuple(Posting(_account(row), row.amount) for row in self._connection.execute(query)),
            reverses=head.reverses,
        )

    def statement(self, account: Account, before: int | None, limit: int) -> Sequence[StatementLine]:
        """Return an account's postings, the newest first, below a number."""
        query = (
            sa.select(POSTINGS, TRANSACTIONS.c.reverses)
            .join(TRANSACTIONS, TRANSACTIONS.c.id == POSTINGS.c.transaction_id)
            .where(POSTINGS.c.account_id == account.id)
        )
        if before is not None:
            query = query.where(POSTINGS.c.number < before)
        rows = self._connection.execute(query.order_by(POSTINGS.c.number.desc()).limit(limit))
        return [StatementLine(row.number, row.transaction_id, row.amount, row.at, row.reverses) for row in rows]


def _account(row: sa.Row[Any]) -> Account:
    return Account(organisation=row.organisation_id, kind=AccountKind(row.kind), owner=row.owner, unit=row.unit)
