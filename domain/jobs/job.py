"""A job: waiting, running, done, or dead once it has failed too often. Times are integer microseconds UTC.

The laws:
- whoever runs a job holds it by a lease and renews that while it runs, however long; when the lease is over the job may
  be taken again, for its holder has died;
- each taking has a number (`attempts`): who comes back late with an older one changes nothing;
- a job that fails waits longer each time, and at last is dead: an operator sees it and may have it done again;
- so a job is done at least once, and whatever it does must bear being done twice.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

SECONDS = 1_000_000
MOST_ATTEMPTS = 6
"""A job that failed so often is dead."""
FIRST_PAUSE = 2 * SECONDS
"""After the first failure; each pause is twice the one before."""
LONGEST_PAUSE = 600 * SECONDS
LONGEST_WHY = 500
"""Characters that are kept of why a job failed."""


class Queue(str, enum.Enum):
    """Whose turn a job waits for. Queues do not hold each other up."""

    NOTIFICATIONS = "notifications"
    IMAGES = "images"
    FRAUD = "fraud"
    TRAINING = "training"
    UPKEEP = "upkeep"


class State(str, enum.Enum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class NotDead(Exception):
    """Only a dead job is done again by hand."""


@frozen
class Job:
    """One job."""

    id: str
    """A UUID made from what it is for: the same job is never added twice."""
    organisation: str
    queue: Queue
    kind: str
    """What is to be done, in one word."""
    data: Mapping[str, Any] = field(hash=False)
    """What it needs to know: plain JSON."""
    made_at: int
    due_at: int
    aggregate: str = ""
    """Jobs about the same thing are done one after the other, in the order in which they were made; "": about none."""
    state: State = State.WAITING
    attempts: int = 0
    leased_until: int = 0
    ended_at: int | None = None
    """When it was done, or died."""
    why: str | None = None
    """Why it failed the last time."""

    def ready(self, now: int) -> bool:
        """Tell whether it may be taken."""
        if self.state is State.RUNNING:
            return self.leased_until <= now
        return self.state is State.WAITING and self.due_at <= now


def taken(job: Job, now: int, lease: int) -> Job:
    """Take a job that is ready, for `lease` microseconds."""
    return evolve(job, state=State.RUNNING, attempts=job.attempts + 1, leased_until=now + lease)


def renewed(job: Job, now: int, lease: int) -> Job:
    """Hold a job on, for `lease` microseconds from now."""
    return evolve(job, leased_until=max(job.leased_until, now + lease))


def put_back(job: Job, now: int) -> Job:
    """Let go of a job that its holder will not finish, so that another takes it at once."""
    return evolve(job, state=State.WAITING, leased_until=0, due_at=now)


def exhausted(job: Job) -> bool:
    """Tell whether it was taken as often as it may be, and whoever took it last never came back."""
    return job.state is State.RUNNING and job.attempts >= MOST_ATTEMPTS


def holds(kept: Job | None, taken: Job) -> bool:
    """Tell whether whoever took `taken` still holds it, given what is kept of it now."""
    return kept is not None and kept.state is State.RUNNING and kept.attempts == taken.attempts


def done(job: Job, now: int) -> Job:
    """End a job that was done."""
    return evolve(job, state=State.DONE, leased_until=0, ended_at=now, why=None)


def failed(job: Job, why: str, now: int, chance: float) -> Job:
    """Put a job that failed back, to wait, or away for good. `chance` in [0, 1) spreads the pauses."""
    told = why[:LONGEST_WHY]
    if job.attempts >= MOST_ATTEMPTS:
        return evolve(job, state=State.DEAD, leased_until=0, ended_at=now, why=told)
    pause = min(FIRST_PAUSE << (job.attempts - 1), LONGEST_PAUSE)
    due_at = now + pause // 2 + int(pause * chance / 2)
    return evolve(job, state=State.WAITING, leased_until=0, due_at=due_at, why=told)


def replayed(job: Job, now: int) -> Job:
    """Have a dead job done again, as if it were new. Raises NotDead."""
    if job.state is not State.DEAD:
        raise NotDead(f"this job is {job.state.value}")
    return evolve(job, state=State.WAITING, attempts=0, due_at=now, ended_at=None)
