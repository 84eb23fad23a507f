"""Jobs that failed for good: an operator sees why, and has them done again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from application.platform.dead_jobs import ReadDeadJobs, ReplayDeadJob
from domain.jobs.job import Job, Queue, State
from entrypoints.api.access import Operator
from entrypoints.api.shapes import ID, Limit, Moment
from entrypoints.api.times import rfc3339
from entrypoints.api.use import use

router = APIRouter(prefix="/api/v1/jobs", tags=["operators"])


class JobSeen(BaseModel):
    """A job, and what became of it."""

    job_id: ID
    queue: Queue
    kind: Annotated[str, Field(examples=["forget-answers"])]
    about: Annotated[str, Field(description="What it is about: `session:<id>` and the like.")]
    state: State
    attempts: int
    made_at: Moment
    ended_at: Moment | None
    why: Annotated[str | None, Field(description="Why it failed the last time.")]

    @classmethod
    def of(cls, job: Job) -> JobSeen:
        """Say it in HTTP's words."""
        return cls(
            job_id=job.id, queue=job.queue, kind=job.kind, about=job.aggregate, state=job.state, attempts=job.attempts,
            made_at=rfc3339(job.made_at), ended_at=rfc3339(job.ended_at) if job.ended_at is not None else None,
            why=job.why,
        )  # fmt: skip


class DeadJobs(BaseModel):
    """Jobs that failed too often, the latest first."""

    jobs: list[JobSeen]


@router.get("/dead")
def dead(
    caller: Operator, read_dead_jobs: Annotated[ReadDeadJobs, use(ReadDeadJobs)], limit: Annotated[Limit, Query()] = 50
) -> DeadJobs:
    """Read the jobs that failed too often to be tried again by themselves."""
    return DeadJobs(jobs=[JobSeen.of(job) for job in read_dead_jobs(caller.organisation, limit)])


@router.post("/{job_id}/replay")
def replay(
    job_id: ID, caller: Operator, replay_dead_job: Annotated[ReplayDeadJob, use(ReplayDeadJob)]
) -> JobSeen:  # fmt: skip
    """Have a dead job done again, as if it were new. A job that is not dead is refused."""
    return JobSeen.of(replay_dead_job(caller.organisation, job_id))
