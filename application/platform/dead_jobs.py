"""Dead jobs: what failed for good is seen by an operator, who may have it done again."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.platform.errors import NotFound
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.jobs.job import Job, replayed


class UnknownJob(NotFound):
    """There is no such job, or it is another organisation's."""


@frozen
class ReadDeadJobs:
    """Reads an organisation's dead jobs."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, organisation: str, limit: int) -> Sequence[Job]:
        """Return at most `limit`, the latest first."""
        with self.unit_of_work(read_only=True) as work:
            return work.jobs.dead(organisation, limit)


@frozen
class ReplayDeadJob:
    """Has a dead job done again."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self, organisation: str, id: str) -> Job:
        """Let a dead job wait for its turn once more. Raises UnknownJob, NotDead."""
        with self.unit_of_work() as work:
            found = work.jobs.get(id)
            if found is None or found.organisation != organisation:
                raise UnknownJob("there is no such job")
            job = replayed(found, self.clock.now().wall)
            work.jobs.keep(job)
            work.commit()
        return job
