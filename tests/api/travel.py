"""A clock that can be sent ahead."""

import threading
from contextlib import contextmanager

from application.ports.clock import Reading

SECOND = 1_000_000


class TravelClock:
    """Another clock, some microseconds ahead of itself."""

    def __init__(self, clock):
        self._clock = clock
        self._ahead = 0
        self._lock = threading.Lock()

    def now(self):
        reading = self._clock.now()
        return Reading(wall=reading.wall + self._ahead, mono=reading.mono + self._ahead, trusted=reading.trusted)

    @contextmanager
    def ahead(self, seconds):
        """Be so many seconds ahead, for a while."""
        with self._lock:
            self._ahead += int(seconds * SECOND)
            try:
                yield
            finally:
                self._ahead -= int(seconds * SECOND)
