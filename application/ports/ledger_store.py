"""Transactions, postings and balances in the store. Balances come from `domain.points.ledger.post` alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from attrs import frozen

from domain.points.ledger import Account, Transaction


@frozen
class StatementLine:
    """One posting to an account, as a statement shows it."""

    number: int
    """Grows with each transaction."""
    transaction: str
    amount: int
    at: int
    reverses: str | None


class LedgerStore(Protocol):
    """The ledger. Append only."""

    def balances(self, accounts: Sequence[Account]) -> dict[Account, int]:
        """Return balances of people's accounts and hold them until the unit of work ends; new ones are left out.

        A new account is held too: nobody else posts to it first.
        """

    def balance(self, account: Account) -> int:
        """Return one balance; 0 for a new account."""

    def append(self, transactions: Sequence[Transaction], balances: Mapping[Account, int]) -> None:
        """Keep transactions and the balances after them.

        Raises AlreadyThere for a transaction's id, or a second reversal of the same transaction.
        """

    def get(self, id: str) -> Transaction | None:
        """Return a transaction."""

    def statement(self, account: Account, before: int | None, limit: int) -> Sequence[StatementLine]:
        """Return an account's postings, the newest first, below a number."""
