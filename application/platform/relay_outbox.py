"""Publish what was committed: nothing uncommitted is ever seen, nothing committed stays unpublished.

Rows get their publication numbers, are published in that order, and are then marked. Whoever dies in between publishes
them again after its restart: at least once, and a subscriber tells repeats by the aggregate's version, or by the
publication number. Ids are no order to follow: a transaction with a smaller one may be committed later. The jobs that a
row causes are added in the transaction that marks it: once.
"""

from __future__ import annotations

from attrs import field, frozen

from application.platform.again import again
from application.platform.plan_jobs import Routes
from application.platform.run_job import Kinds
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
    routes: Routes = field(factory=lambda: Routes(Kinds({})))

    @again
    def __call__(self, limit: int = AT_ONCE) -> int:
        """Publish at most `limit` rows and mark them. Returns how many there were. Raises StoreError."""
        with self.unit_of_work(read_only=True) as work:
            if not work.outbox.unpublished(1):
                return 0
        with self.unit_of_work() as work:
            rows = work.outbox.number(limit)
            work.commit()
        for row in rows:
            self.events.publish(row)
        now = self.clock.now().wall
        jobs = [job for row in rows for job in self.routes.jobs(row, now)]
        with self.unit_of_work() as work:
            if jobs:
                work.jobs.add(jobs)
            work.outbox.mark_published([row.id for row in rows], now)
            work.commit()
        return len(rows)
