"""Report what the machine is, every half minute, at rest too: by this the platform knows that it is there.

What could not be reported waits, bounded; long off line it is thinned out. Nothing of the machine waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from attrs import define, evolve, field, frozen

from application.ports.clock import Clock, Random
from application.ports.journal import JournalError
from application.ports.scheduler import Scheduler
from application.ports.uplink import Refused, Uplink, UplinkError
from domain.deposits.intake.state import HealthState, Intake
from domain.fleet.telemetry import INTERVAL, Sample, named, thinned, word

_log = logging.getLogger(__name__)

MOST_KEPT = 240
"""Samples that wait: two hours in full."""
AT_ONCE = 50
"""Samples in one report."""


@frozen
class Look:
    """What the machine sees of itself now."""

    serving: bool | None
    faults: tuple[str, ...] = ()
    measures: Mapping[str, int] = field(factory=dict, hash=False)
    words: Mapping[str, str] = field(factory=dict, hash=False)

    def and_also(self, measures: Mapping[str, int], words: Mapping[str, str]) -> Look:
        """Return the look with more measures and words."""
        told = {name: word(text) for name, text in words.items()}
        return evolve(self, measures={**self.measures, **measures}, words={**self.words, **told})


def seen(state: Intake) -> Look:
    """Return what the intake's state says: whether it serves, what is broken, which software and model run."""
    health = state.health
    serving = {HealthState.IN_SERVICE: True, HealthState.DRAINING: False, HealthState.OUT: False}.get(health.state)
    configuration = state.configuration
    words = {"software": word(configuration.software), "model": word(configuration.model)}
    return Look(serving, named(health.faults), words=words)


@define
class ReportTelemetry:
    """Takes a sample at each interval and reports what waits. All but `start` runs by the scheduler.

    `look` tells what the machine sees of itself, `left` how many journal entries are to be sent; `commanded` is told
    when commands wait on the platform.
    """

    uplink: Uplink
    scheduler: Scheduler
    clock: Clock
    chance: Random
    boot: str
    look: Callable[[], Look]
    left: Callable[[], int]
    commanded: Callable[[], None] = lambda: None
    interval: int = INTERVAL
    _waiting: list[Sample] = field(factory=list, init=False)
    _taken: int = field(default=0, init=False)
    _under_way: bool = field(default=False, init=False)

    def start(self) -> None:
        """Begin."""
        self.scheduler.soon(self._tick)

    @property
    def waiting(self) -> int:
        """How many samples were not reported yet."""
        return len(self._waiting)

    def _tick(self) -> None:
        self._waiting = thinned([*self._waiting, self._sample()], MOST_KEPT)
        self._send()
        # Jitter both ways, so that a fleet that booted together does not report together; never longer than it was.
        self.scheduler.after(round(self.interval * (0.9 + self.chance.fraction() / 10)), self._tick)

    def _sample(self) -> Sample:
        look, now = self.look(), self.clock.now()
        number, self._taken = self._taken, self._taken + 1
        return Sample(
            self.boot, number, now.mono, now.wall, now.trusted, look.measures, look.serving, look.faults, look.words
        )

    def _send(self) -> None:
        if self._under_way or not self._waiting:
            return
        self._under_way = True
        batch = tuple(self._waiting[:AT_ONCE])

        def report() -> int:
            return self.uplink.report(self.boot, self.clock.now(), batch, self.left())

        self.scheduler.aside(report, lambda answer: self._answered(batch, answer), cost="report")

    def _answered(self, batch: tuple[Sample, ...], answer: int | BaseException) -> None:
        self._under_way = False
        if isinstance(answer, BaseException):
            if not isinstance(answer, (UplinkError, JournalError)):
                raise answer
            _log.log(logging.WARNING if isinstance(answer, Refused) else logging.INFO, "telemetry: %s", answer)
            return
        newest = batch[-1].seq
        self._waiting = [sample for sample in self._waiting if sample.seq > newest]
        if answer:
            self.commanded()
        self._send()
