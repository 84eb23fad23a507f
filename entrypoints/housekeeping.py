"""What has to be done about machines from time to time, each at its own pace: by the relay's thread, or a queue's."""

from __future__ import annotations

from collections.abc import Callable

from application.platform.deliver_commands import ExpireCommands
from application.platform.forget_telemetry import ForgetTelemetry
from application.platform.watch_fleet import WatchFleet

WATCH_SECONDS = 5.0
EXPIRE_SECONDS = 1.0
FORGET_SECONDS = 3600.0


class Housekeeping:
    """Does what is due when it is called with the time (seconds of any clock that never jumps)."""

    def __init__(self, watch: WatchFleet, expire: ExpireCommands, forget: ForgetTelemetry) -> None:
        """Everything is due at the first call."""
        self._jobs: tuple[tuple[float, Callable[[], object]], ...] = (
            (EXPIRE_SECONDS, expire), (WATCH_SECONDS, watch), (FORGET_SECONDS, forget),
        )  # fmt: skip
        self._done = [float("-inf")] * len(self._jobs)

    def __call__(self, now: float) -> None:
        """Do what is due. Raises what a job raises; it is due again after its pause."""
        for place, (pause, job) in enumerate(self._jobs):
            if now - self._done[place] >= pause:
                self._done[place] = now
                job()
