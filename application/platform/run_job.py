"""Run a job: take it, do it, end it. At least once, and never by two at the same time while the lease lasts.

The lease is renewed while the job runs, so its length says only how soon another takes over from one who died.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable, Mapping

from attrs import field, frozen

from application.platform.again import again
from application.ports.clock import Clock, Random
from application.ports.jobs import NoPacemaker, Pacemaker
from application.ports.unit_of_work import StoreError, UnitOfWorkFactory
from domain.jobs.job import SECONDS, Job, Queue, done, exhausted, failed, holds, put_back, renewed, taken

LOG = logging.getLogger("rvm.jobs")
LEASE = 60 * SECONDS
"""Microseconds for which a job is held, unless its kind says otherwise."""
RENEWALS = 3
"""In one lease: two may fail."""


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
    lease: int = LEASE
    """Microseconds without a renewal after which whoever runs it is taken for dead."""


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
    pacemaker: Pacemaker = field(factory=NoPacemaker)
    _held: dict[str, Job] = field(factory=dict, init=False)
    """What runs here now."""

    def __call__(self, id: str) -> Ran:
        """Run a job if it is ready. Raises StoreError; then it stays as it was, or its lease runs out."""
        job = self._take(id)
        if job is None:
            return Ran.NOT_READY
        try:
            self._do(job)
        except StoreError:
            raise
        except Exception as error:
            LOG.exception("job %s (%s) failed, attempt %s", job.id, job.kind, job.attempts)
            return self._end(job, failed(job, repr(error), self.clock.now().wall, self.random.fraction()), Ran.FAILED)
        return self._end(job, done(job, self.clock.now().wall), Ran.DONE)

    def let_go(self) -> None:
        """Put back what still runs here, since this process ends: another takes it at once. Raises StoreError."""
        for job in list(self._held.values()):
            self._put_back(job)

    def _do(self, job: Job) -> None:
        kind = self.kinds.by_name.get(job.kind)
        if kind is None:
            raise LookupError(f"nobody here knows how to do {job.kind}")
        self._held[job.id] = job
        try:
            with self.pacemaker.during(kind.lease // RENEWALS, lambda: self._renew(job, kind.lease)):
                kind.run(job)
        finally:
            self._held.pop(job.id, None)

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
            job = taken(found, now, kind.lease if kind else LEASE)
            work.jobs.keep(job)
            work.commit()
        return job

    @again
    def _renew(self, job: Job, lease: int) -> None:
        with self.unit_of_work() as work:
            kept = work.jobs.locked(job.id)
            if kept is not None and holds(kept, job):
                work.jobs.keep(renewed(kept, self.clock.now().wall, lease))
                work.commit()

    @again
    def _put_back(self, job: Job) -> None:
        with self.unit_of_work() as work:
            if holds(work.jobs.locked(job.id), job):
                work.jobs.keep(put_back(job, self.clock.now().wall))
                work.commit()

    @again
    def _end(self, job: Job, ended: Job, ran: Ran) -> Ran:
        with self.unit_of_work() as work:
            if not holds(work.jobs.locked(job.id), job):
                return Ran.LOST
            work.jobs.keep(ended)
            work.commit()
        return ran
