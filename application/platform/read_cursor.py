"""Tell a machine how far its entries are held."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.journal import Cursor


@frozen
class ReadCursor:
    """Reads cursors."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, machine: str, epoch: str | None = None) -> Cursor | None:
        """Return how far an epoch is held; without one, the epoch that was begun last. None: nothing is held."""
        with self.unit_of_work(read_only=True) as work:
            return work.record.cursor(machine, epoch)
