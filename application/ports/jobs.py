"""Jobs: kept in the store, where they are true, and handed to whoever runs them, which may fail at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from domain.jobs.job import Job, Queue, State


class Jobs(Protocol):
    """The jobs of a store, inside a unit of work."""

    def add(self, jobs: Sequence[Job]) -> None:
        """Add jobs; one whose id is there already changes nothing."""

    def ready(self, now: int, limit: int) -> Sequence[Job]:
        """Return jobs that may be taken, the oldest first; of those about one thing in one queue, only the oldest."""

    def locked(self, id: str) -> Job | None:
        """Return one and hold it until the unit of work ends."""

    def goes_first(self, job: Job) -> bool:
        """Tell whether nothing older about the same thing is still to be done in the same queue."""

    def get(self, id: str) -> Job | None:
        """Return one."""

    def keep(self, job: Job) -> None:
        """Replace what is kept of a job."""

    def dead(self, organisation: str, limit: int) -> Sequence[Job]:
        """Return an organisation's dead jobs, the latest first."""

    def counted(self) -> Mapping[tuple[Queue, State], int]:
        """Count jobs by queue and state."""

    def drop_done(self, before: int) -> None:
        """Forget jobs that were done before a moment."""


class Dispatcher(Protocol):
    """Hands jobs to whoever runs them."""

    def send(self, job: Job) -> None:
        """Have a job run soon, somewhere, by its id. Never waits for it; what gets lost is sent again."""

    def start(self) -> None:
        """Begin to run what is sent, if that happens in this process."""

    def close(self) -> None:
        """Finish what runs, begin nothing new."""


class Pacemaker(Protocol):
    """Does something again and again beside something that takes long."""

    def during(self, pause: int, beat: Callable[[], object]) -> AbstractContextManager[None]:
        """Call `beat` each `pause` microseconds, from elsewhere, until the context is left; its errors are logged."""


class NoPacemaker:
    """For whoever does nothing that takes long."""

    @contextmanager
    def during(self, pause: int, beat: Callable[[], object]) -> Iterator[None]:
        """Call nothing."""
        yield
