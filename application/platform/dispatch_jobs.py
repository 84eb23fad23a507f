"""Dispatch jobs: whatever is ready is sent to be run, and sent again when nobody took it."""

from __future__ import annotations

from attrs import define, field

from application.platform.again import again
from application.ports.clock import Clock
from application.ports.jobs import Dispatcher
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.jobs.job import SECONDS

AT_ONCE = 100
PATIENCE = 5 * SECONDS
"""A job that is still ready so long after it was sent is sent again: it may have been lost on the way."""


@define
class DispatchJobs:
    """Sends jobs. Used by one thread."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    dispatcher: Dispatcher
    _sent: dict[str, tuple[int, int]] = field(factory=dict, init=False)
    """When, and at which attempt, each of the jobs that are ready was sent."""

    @again
    def __call__(self, limit: int = AT_ONCE) -> int:
        """Send what is ready, at most `limit` jobs. Returns how many were sent. Raises StoreError."""
        now = self.clock.now()
        with self.unit_of_work(read_only=True) as work:
            ready = work.jobs.ready(now.wall, limit)
        before, self._sent = self._sent, {}
        count = 0
        for job in ready:
            sent = before.get(job.id)
            if sent is None or sent[1] != job.attempts or now.mono - sent[0] >= PATIENCE:
                self.dispatcher.send(job)
                sent, count = (now.mono, job.attempts), count + 1
            self._sent[job.id] = sent
        return count
