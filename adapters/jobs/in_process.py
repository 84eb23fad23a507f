"""Jobs run by threads of this process."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from domain.jobs.job import Job

LOG = logging.getLogger("rvm.jobs")
MOST_WAITING = 1_000
"""Jobs that are sent and not begun; what is more is sent again later."""
END_WITHIN = 10.0
"""Seconds for a job that runs while the process is stopped."""


class InProcessDispatcher:
    """The dispatcher port within one process. What it forgets when it ends still stands in the store."""

    def __init__(self, run: Callable[[str], object], threads: int = 2) -> None:
        """Take what runs a job by its id."""
        self._run = run
        self._count = threads
        self._sent: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def send(self, job: Job) -> None:
        """Have a job run soon."""
        try:
            self._sent.put_nowait(job.id)
        except queue.Full:
            LOG.warning("more than %d jobs wait in this process", MOST_WAITING)

    def start(self) -> None:
        """Begin to run what is sent."""
        if self._threads:
            return
        self._stopping.clear()
        self._sent = queue.Queue(MOST_WAITING)
        names = [f"jobs-{number}" for number in range(self._count)]
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Finish what runs, begin nothing new."""
        self._stopping.set()
        threads, self._threads = self._threads, []
        for _ in threads:
            try:
                self._sent.put_nowait(None)
            except queue.Full:
                break  # whoever takes the next one sees that we are stopping
        for thread in threads:
            thread.join(END_WITHIN)

    def _work(self) -> None:
        while True:
            sent = self._sent.get()
            if sent is None or self._stopping.is_set():
                return
            try:
                self._run(sent)
            except Exception:
                # The store may be away for a moment; the job stands there and is sent again.
                LOG.exception("job %s could not be run", sent)
