"""The place before a machine: one person at a time, the others queue."""

import threading
import time
from collections import deque


class Place:
    """Who stands before one machine. First come, first served."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[str] = deque()

    @property
    def who(self) -> str | None:
        """Who stands there."""
        with self._changed:
            return self._queue[0] if self._queue else None

    @property
    def others(self) -> int:
        """How many wait behind them."""
        with self._changed:
            return max(0, len(self._queue) - 1)

    def enter(self, who: str, patience: float) -> bool:
        """Queue and wait at most `patience` seconds for one's turn; False, and out of the queue, when it never came."""
        end = time.monotonic() + patience
        with self._changed:
            if who not in self._queue:
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
