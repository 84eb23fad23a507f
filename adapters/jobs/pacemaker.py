"""A beat beside what takes long, from a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOG = logging.getLogger("rvm.jobs")
MICROSECONDS = 1_000_000


class ThreadPacemaker:
    """The pacemaker port. What is done beside it may keep the interpreter busy: the beat comes when it lets go."""

    @contextmanager
    def during(self, pause: int, beat: Callable[[], object]) -> Iterator[None]:
        """Call `beat` each `pause` microseconds until the context is left."""
        over = threading.Event()
        thread = threading.Thread(target=_beat, args=(over, pause / MICROSECONDS, beat), name="pacemaker", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _beat(over: threading.Event, seconds: float, beat: Callable[[], object]) -> None:
    while not over.wait(seconds):
        try:
            beat()
        except Exception:
            # The store may be away: the next beat may still be in time.
            LOG.exception("a lease could not be renewed")
