"""Run a job: take it, do it, end it. At least once, and never by two at the same time while the lease lasts."""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable, Mapping

from attrs import field, frozen

from application.platform.again import again
from application.ports.clock import Clock, Random
from application.ports.unit_of_work import StoreError, UnitOfWorkFactory
from domain.jobs.job import SECONDS, Job, Queue, done, exhausted, failed, holds, taken

LOG = logging.getLogger("rvm.jobs")


class Ran(str, enum.Enum):
    """What became of a job that was to be run."""

    NOT_READY = "not_ready"
    """Somebody has it, it waits, an older one goes first, or it is over."""
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"
    """It was done, but took so long that somebody else has it now."""


@frozen
class Kind:
    """A kind of job: where it waits, and what is done."""

    name: str
    queue: Queue
    run: Callable[[Job], object] = field(eq=False)
    """Does it. Raises whatever went wrong; must bear being done twice."""
    lease: int = 60 * SECONDS
    """Microseconds after which whoever runs it is taken for dead."""


@frozen
class Kinds:
    """All kinds of job that a platform knows, by name."""

    by_name: Mapping[str, Kind]

    @classmethod
    def of(cls, *kinds: Kind) -> Kinds:
        """Collect kinds."""
        return cls({kind.name: kind for kind in kinds})


@frozen
class RunJob:
    """Runs jobs."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    random: Random
    kinds: Kinds

    def __call__(self, id: str) -> Ran:
        """Run a job if it is ready. Raises StoreError; then it stays as it was, or its lease runs out."""
        job = self._take(id)
        if job is None:
            return Ran.NOT_READY
        kind = self.kinds.by_name.get(job.kind)
        try:
            if kind is None:
                raise LookupError(f"nobody here knows how to do {job.kind}")
            kind.run(job)
        except StoreError:
            raise
        except Exception as error:
            LOG.exception("job %s (%s) failed, attempt %s", job.id, job.kind, job.attempts)
            return self._end(job, failed(job, repr(error), self.clock.now().wall, self.random.fraction()), Ran.FAILED)
        return self._end(job, done(job, self.clock.now().wall), Ran.DONE)

    @again
    def _take(self, id: str) -> Job | None:
        now = self.clock.now().wall
        with self.unit_of_work() as work:
            found = work.jobs.locked(id)
            if found is None or not found.ready(now) or not work.jobs.goes_first(found):
                return None
            if exhausted(found):
                work.jobs.keep(failed(found, "whoever ran it never came back", now, 0.0))
                work.commit()
                return None
            kind = self.kinds.by_name.get(found.kind)
            job = taken(found, now, kind.lease if kind else 60 * SECONDS)
            work.jobs.keep(job)
            work.commit()
        return job

    @again
    def _end(self, job: Job, ended: Job, ran: Ran) -> Ran:
        with self.unit_of_work() as work:
            if not holds(work.jobs.locked(job.id), job):
                return Ran.LOST
            work.jobs.keep(ended)
            work.commit()
        return ran
