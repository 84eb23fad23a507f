"""Jobs as rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.tables.jobs import JOBS
from domain.jobs.job import Job, Queue, State

_OPEN = (State.WAITING.value, State.RUNNING.value)
_OLDER = JOBS.alias("older")
_FIRST = ~sa.exists(
    sa.select(_OLDER.c.number).where(
        _OLDER.c.aggregate == JOBS.c.aggregate,
        _OLDER.c.aggregate != "",
        _OLDER.c.queue == JOBS.c.queue,
        _OLDER.c.number < JOBS.c.number,
        _OLDER.c.state.in_(_OPEN),
    )
)
"""Nothing older about the same thing is still to be done in the same queue."""


class SqlJobs:
    """The repository of jobs."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, jobs: Sequence[Job]) -> None:
        """Add jobs; one whose id is there already changes nothing."""
        for job in jobs:
            values = _values(job)
            # INSERT ... SELECT ... WHERE NOT EXISTS: every dialect has it; a race is settled by the unique id.
            row = sa.select(*(sa.literal(value, JOBS.c[name].type) for name, value in values.items()))
            absent = row.where(~sa.exists(sa.select(JOBS.c.number).where(JOBS.c.id == job.id)))
            self._connection.execute(sa.insert(JOBS).from_select(list(values), absent))

    def ready(self, now: int, limit: int) -> Sequence[Job]:
        """Return jobs that may be taken, the oldest first."""
        waiting = sa.and_(JOBS.c.state == State.WAITING.value, JOBS.c.due_at <= now)
        left = sa.and_(JOBS.c.state == State.RUNNING.value, JOBS.c.leased_until <= now)
        query = sa.select(JOBS).where(sa.or_(waiting, left), _FIRST).order_by(JOBS.c.number).limit(limit)
        return [_job(row) for row in self._connection.execute(query)]

    def locked(self, id: str) -> Job | None:
        """Return one and hold it until the unit of work ends."""
        return self._one(sa.select(JOBS).where(JOBS.c.id == id).with_for_update())

    def goes_first(self, job: Job) -> bool:
        """Tell whether nothing older about the same thing is still to be done in the same queue."""
        query = sa.select(JOBS.c.number).where(JOBS.c.id == job.id, _FIRST)
        return self._connection.execute(query).one_or_none() is not None

    def get(self, id: str) -> Job | None:
        """Return one."""
        return self._one(sa.select(JOBS).where(JOBS.c.id == id))

    def keep(self, job: Job) -> None:
        """Replace what is kept of a job."""
        self._connection.execute(sa.update(JOBS).where(JOBS.c.id == job.id).values(_values(job)))

    def dead(self, organisation: str, limit: int) -> Sequence[Job]:
        """Return an organisation's dead jobs, the latest first."""
        query = (
            sa.select(JOBS)
            .where(JOBS.c.organisation_id == organisation, JOBS.c.state == State.DEAD.value)
            .order_by(JOBS.c.ended_at.desc(), JOBS.c.number.desc())
            .limit(limit)
        )
        return [_job(row) for row in self._connection.execute(query)]

    def counted(self) -> Mapping[tuple[Queue, State], int]:
        """Count jobs by queue and state."""
        query = sa.select(JOBS.c.queue, JOBS.c.state, sa.func.count()).group_by(JOBS.c.queue, JOBS.c.state)
        return {(Queue(queue), State(state)): count for queue, state, count in self._connection.execute(query)}

    def drop_done(self, before: int) -> None:
        """Forget jobs that were done before a moment."""
        over = sa.and_(JOBS.c.state == State.DONE.value, JOBS.c.ended_at < before)
        self._connection.execute(sa.delete(JOBS).where(over))

    def _one(self, query: sa.Select[Any]) -> Job | None:
        row = self._connection.execute(query).one_or_none()
        return _job(row) if row is not None else None


def _values(job: Job) -> dict[str, Any]:
    return {
        "id": job.id, "organisation_id": job.organisation, "queue": job.queue.value, "kind": job.kind,
        "aggregate": job.aggregate, "data": json.dumps(job.data, separators=(",", ":")), "made_at": job.made_at,
        "due_at": job.due_at, "state": job.state.value, "attempts": job.attempts, "leased_until": job.leased_until,
        "ended_at": job.ended_at, "why": job.why,
    }  # fmt: skip


def _job(row: Any) -> Job:
    return Job(
        id=row.id, organisation=row.organisation_id, queue=Queue(row.queue), kind=row.kind, data=json.loads(row.data),
        made_at=row.made_at, due_at=row.due_at, aggregate=row.aggregate, state=State(row.state), attempts=row.attempts,
        leased_until=row.leased_until, ended_at=row.ended_at, why=row.why,
    )  # fmt: skip
