"""Read what a person has: the balance, and the postings that make it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.ports.ledger_store import StatementLine
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.points.ledger import person_account

LONGEST_PAGE = 100


@frozen
class ReadBalance:
    """Reads balances."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, organisation: str, person: str) -> int:
        """Return a person's points."""
        with self.unit_of_work(read_only=True) as work:
            return work.ledger.balance(person_account(organisation, person))


@frozen
class ReadStatement:
    """Reads statements."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, organisation: str, person: str, before: int | None, limit: int) -> Sequence[StatementLine]:
        """Return at most `limit` postings (LONGEST_PAGE at most), the newest first, below a line's number."""
        with self.unit_of_work(read_only=True) as work:
            account = person_account(organisation, person)
            return work.ledger.statement(account, before, max(1, min(limit, LONGEST_PAGE)))
