"""Jobs of the store in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from domain.jobs.job import Job, Queue, State


@frozen
class SimulatedJobs:
    """Jobs by id, in the order in which they were added."""

    _rows: dict[str, Job]

    def add(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._rows.setdefault(job.id, job)

    def ready(self, now: int, limit: int) -> Sequence[Job]:
        return [job for job in self._rows.values() if job.ready(now) and self.goes_first(job)][:limit]

    def locked(self, id: str) -> Job | None:
        return self._rows.get(id)

    def goes_first(self, job: Job) -> bool:
        about = (each for each in self._rows.values() if (each.aggregate, each.queue) == (job.aggregate, job.queue))
        still = (each for each in about if each.state in (State.WAITING, State.RUNNING) or each.id == job.id)
        return not job.aggregate or next(still).id == job.id

    def get(self, id: str) -> Job | None:
        return self._rows.get(id)

    def keep(self, job: Job) -> None:
        self._rows[job.id] = job

    def dead(self, organisation: str, limit: int) -> Sequence[Job]:
        of_house = (job for job in self._rows.values() if job.organisation == organisation)
        dead = [(job.ended_at or 0, number, job) for number, job in enumerate(of_house) if job.state is State.DEAD]
        return [job for *_, job in sorted(dead, key=lambda each: each[:2], reverse=True)][:limit]

    def counted(self) -> Mapping[tuple[Queue, State], int]:
        return Counter((job.queue, job.state) for job in self._rows.values())

    def drop_done(self, before: int) -> None:
        for job in list(self._rows.values()):
            if job.state is State.DONE and (job.ended_at or 0) < before:
                del self._rows[job.id]
