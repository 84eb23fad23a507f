"""What time alone ends, and somebody waits to hear of: sessions, commands, a machine's silence; by the relay's thread.

What may wait for minutes, or take long, is a job that comes with the clock.
"""

from __future__ import annotations

from collections.abc import Callable

from application.platform.deliver_commands import ExpireCommands
from application.platform.expire_sessions import ExpireSessions
from application.platform.watch_fleet import WatchFleet

WATCH_SECONDS = 5.0
EXPIRE_SECONDS = 1.0


class Housekeeping:
    """Does what is due when it is called with the time (seconds of any clock that never jumps)."""

    def __init__(self, watch: WatchFleet, commands: ExpireCommands, sessions: ExpireSessions) -> None:
        """Everything is due at the first call."""
        self._jobs: tuple[tuple[float, Callable[[], object]], ...] = (
            (EXPIRE_SECONDS, sessions), (EXPIRE_SECONDS, commands), (WATCH_SECONDS, watch),
        )  # fmt: skip
        self._done = [float("-inf")] * len(self._jobs)

    def __call__(self, now: float) -> None:
        """Do what is due. Raises what a job raises; it is due again after its pause."""
        for place, (pause, job) in enumerate(self._jobs):
            if now - self._done[place] >= pause:
                self._done[place] = now
                job()
