"""Plan jobs: those that events cause, in the transaction that marks the events, and those that come with the clock."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from application.platform.again import again
from application.platform.run_job import Kinds
from application.ports.clock import Clock
from application.ports.outbox import Event
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.jobs.job import SECONDS, Job

DAY = 86_400 * SECONDS
KEPT = 7 * DAY
"""Microseconds for which a job that was done is remembered."""
_NAMES = uuid.UUID("9d1f3c7e-2a64-5f0b-8a5e-6c1d0b7f4e23")


@frozen
class Routes:
    """Which events cause which kinds of job."""

    kinds: Kinds
    by_event: Mapping[str, Sequence[str]] = field(factory=dict)
    """Names of kinds, by the event's type."""

    def jobs(self, event: Event, now: int) -> list[Job]:
        """Return the jobs that an event causes. The same event always causes the same jobs."""
        data = {"event": event.id, "type": event.type, "version": event.version, "data": dict(event.data)}
        return [
            Job(
                id=named(f"{kind} {event.aggregate} {event.version}"), organisation=event.organisation,
                queue=self.kinds.by_name[kind].queue, kind=kind, data=data, made_at=now, due_at=now,
                aggregate=event.aggregate,
            )
            for kind in self.by_event.get(event.type, ())
        ]  # fmt: skip


@frozen
class Timetable:
    """Kinds of job that come again and again, by name, with the microseconds between."""

    organisation: str
    every: Mapping[str, int]


@frozen
class PlanJobs:
    """Adds the jobs that come with the clock. However many processes do so, each period has one."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    kinds: Kinds
    timetable: Timetable

    @again
    def __call__(self) -> None:
        """Add the jobs of the periods that have begun, and forget what was done long ago."""
        now = self.clock.now().wall
        jobs = [self._job(kind, period, now) for kind, period in self.timetable.every.items()]
        with self.unit_of_work(read_only=True) as work:
            missing = [job for job in jobs if work.jobs.get(job.id) is None]
        if not missing:
            return
        with self.unit_of_work() as work:
            work.jobs.add(missing)
            work.jobs.drop_done(now - max([KEPT, *(2 * period for period in self.timetable.every.values())]))
            work.commit()

    def _job(self, kind: str, period: int, now: int) -> Job:
        return Job(
            id=named(f"{kind} every {period} at {now // period}"), organisation=self.timetable.organisation,
            queue=self.kinds.by_name[kind].queue, kind=kind, data={}, made_at=now, due_at=now,
            aggregate=f"clock:{kind}",
        )  # fmt: skip


def named(what: str) -> str:
    """Return the id of the one job that this text names."""
    return str(uuid.uuid5(_NAMES, what))
