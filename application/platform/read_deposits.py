"""Read a person's history: every item they brought, with what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.ports.record_store import HistoryLine
from application.ports.unit_of_work import UnitOfWorkFactory

LONGEST_PAGE = 100


@frozen
class ReadDeposits:
    """Reads histories."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, person: str, before: int | None = None, limit: int = 50) -> Sequence[HistoryLine]:
        """Return at most `limit` items (LONGEST_PAGE at most), the newest first, below a line's number."""
        with self.unit_of_work(read_only=True) as work:
            return work.record.history(person, before, max(1, min(limit, LONGEST_PAGE)))
