"""Publish what was committed: nothing uncommitted is ever seen, nothing committed stays unpublished.

Rows are published in order and then marked. Whoever dies in between publishes them again after its
restart: at least once, and a subscriber tells repeats by the aggregate's version.
"""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.ports.clock import Clock
from application.ports.events import Events
from application.ports.unit_of_work import UnitOfWorkFactory

AT_ONCE = 200
"""Rows in one pass."""


@frozen
class RelayOutbox:
    """Relays committed rows of the outbox."""

    unit_of_work: UnitOfWorkFactory
    events: Events
    clock: Clock

    @again
    def __call__(self, limit: int = AT_ONCE) -> int:
        """Publish at most `limit` rows and mark them. Returns how many there were. Raises StoreError."""
        with self.unit_of_work(read_only=True) as work:
            rows = work.outbox.unpublished(limit)
        if not rows:
            return 0
        for row in rows:
            self.events.publish(row)
        with self.unit_of_work() as work:
            work.outbox.mark_published([row.id for row in rows], self.clock.now().wall)
            work.commit()
        return len(rows)
