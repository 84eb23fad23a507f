"""A compute service that is not there yet: it looks with other eyes, takes its time, and may be away.

It stands behind the port that the real one will have. What it sees with is given to it: recorded recognitions, or a
model package of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, evolve

from application.ports.vision import Frame, RemoteAway, RemoteLate
from domain.deposits.recognition import Recognition

SECOND = 1_000_000


@define
class SimulatedRemote:
    """Answers after `latency` microseconds, if that is in time. `pause` waits for seconds, in any kind of time."""

    eyes: Callable[[Frame], Recognition]
    pause: Callable[[float], None]
    latency: int = 300_000
    model: str | None = None
    """What its model calls itself; None: as its eyes do."""
    away: bool = False
    """Whether there is no way to it."""

    def recognise(self, frame: Frame, budget: int) -> Recognition:
        """Return what its eyes see. Raises RemoteAway, RemoteLate, InferenceFailed."""
        if self.away:
            raise RemoteAway("the simulated service is out of reach")
        if self.latency > budget:
            self.pause(budget / SECOND)
            raise RemoteLate(f"no answer from the simulated service in {budget // 1_000} ms")
        self.pause(self.latency / SECOND)
        seen = self.eyes(frame)
        return seen if self.model is None else evolve(seen, model=self.model)
