"""The place before a machine: one person at a time, the others queue."""

import threading
import time
from collections import deque


class Place:
    """Who stands before one machine. First come, first served."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[str] = deque()
        self._hasty: str | None = None

    @property
    def who(self) -> str | None:
        """Who stands there."""
        with self._changed:
            return self._queue[0] if self._queue else None

    @property
    def in_haste(self) -> bool:
        """Whether somebody waits who was let to the front."""
        with self._changed:
            return self._hasty is not None and self._hasty in self._queue and self._queue[0] != self._hasty

    def enter(self, who: str, patience: float, *, first: bool = False) -> bool:
        """Queue and wait at most `patience` seconds for one's turn; False, and out of the queue, when it never came.

        `first` goes to the front of those who wait; whoever stands there is asked to hurry.
        """
        end = time.monotonic() + patience
        with self._changed:
            if who not in self._queue and first:
                self._queue.insert(min(1, len(self._queue)), who)
                self._hasty = who
            elif who not in self._queue:
                self._queue.append(who)
            while self._queue[0] != who:
                left = end - time.monotonic()
                if left <= 0:
                    self._queue.remove(who)
                    self._changed.notify_all()
                    return False
                self._changed.wait(left)
        return True

    def leave(self, who: str) -> None:
        """Go away. Harmless for somebody who is not there."""
        with self._changed:
            if who in self._queue:
                self._queue.remove(who)
                self._changed.notify_all()
