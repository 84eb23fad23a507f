"""Repeat the self-test by itself, every night in the quiet hours, while nobody is there.

The machine says that it tests itself and takes nothing meanwhile, as if a part were broken; so nobody can begin a visit
while something turns. Whatever comes of it, it serves again afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from attrs import define, evolve, field

from application.machine.report_telemetry import Look
from application.machine.self_test.reports import Kept
from application.machine.take_in import TakeIn
from application.ports.clock import Clock
from application.ports.local_time import Zone
from application.ports.scheduler import Scheduler
from domain.commissioning.lines import Line, Verdict
from domain.commissioning.night import due, night_of
from domain.deposits.intake.events import FaultCleared, FaultSeen
from domain.deposits.intake.state import HealthState, Intake, ItemState, Part, VisitState
from domain.fleet.telemetry import word

_log = logging.getLogger(__name__)

LOOK_US = 60_000_000
"""From one look at the clock to the next."""
POLL_US = 200_000
MOST_POLLS = 300
"""Looks whether the machine is free, before it is left for the next minute."""
SELF_TEST = Part.SELF_TEST.value


@define
class RepeatSelfTest:
    """One life's nights. `test` blocks; `last` returns the newest report of a self-test; `changed` hears its warnings.

    `hour` is when the quiet hours begin, 0 to 23; None: never.
    """

    take_in: TakeIn
    scheduler: Scheduler
    clock: Clock
    zone: Zone
    hour: int | None
    test: Callable[[Callable[[], bool]], Kept]
    last: Callable[[], Kept | None]
    changed: Callable[[tuple[Line, ...]], None] = lambda _: None
    interval: int = LOOK_US
    _newest: Kept | None = field(default=None, init=False)
    _tried: int | None = field(default=None, init=False)
    """The night of the last try: one that could not be kept is not repeated until the next."""

    def start(self) -> None:
        """Take up the newest report, and begin to look at the clock."""
        self.scheduler.aside(self.last, self._took_up, cost="keep")

    def took(self, kept: Kept) -> None:
        """Hear of a report that somebody else had made. Runs on the deciding thread."""
        self._newest = kept
        self.changed(self.warnings)

    @property
    def warnings(self) -> tuple[Line, ...]:
        """The lines of the newest report that somebody should look at."""
        lines = () if self._newest is None else self._newest.report.lines
        return tuple(line for line in lines if line.verdict in (Verdict.WARN, Verdict.FAIL))

    def told(self, look: Look) -> Look:
        """Return what telemetry tells, with what the newest self-test came to."""
        if self._newest is None:
            return look
        found = self.warnings
        failed = sum(line.verdict is Verdict.FAIL for line in found)
        measures = {**look.measures, "self_test_failed": failed, "self_test_warned": len(found) - failed}
        named = {"self_test": word(", ".join(line.name for line in found))} if found else {}
        return evolve(look, measures=measures, words={**look.words, **named})

    # ------------------------------------------------------------ nights

    def _took_up(self, kept: Kept | BaseException | None) -> None:
        if isinstance(kept, BaseException):
            raise kept
        if kept is not None:
            self.took(kept)
        if self.hour is not None:
            self._look(self.hour)

    def _look(self, hour: int) -> None:
        now = self.zone.local(self.clock.now().wall)
        last = self._tried
        if last is None and self._newest is not None:
            last = night_of(self.zone.local(self._newest.report.at), hour)
        if due(now, hour, last) and _free(self.take_in.state):
            self.take_in.post(FaultSeen(SELF_TEST))
            self._wait(hour, MOST_POLLS)
        else:
            self.scheduler.after(self.interval, lambda: self._look(hour))

    def _wait(self, hour: int, polls: int) -> None:
        if self.reserved():
            self._tried = night_of(self.zone.local(self.clock.now().wall), hour)
            self.scheduler.aside(
                lambda: self.test(self.reserved), lambda done: self._done(hour, done), cost="self-test"
            )
        elif polls:
            self.scheduler.after(POLL_US, lambda: self._wait(hour, polls - 1))
        else:
            self._serve_again(hour)

    def reserved(self) -> bool:
        """Tell whether nobody is being served, and nobody will be until this is over. Safe from any thread."""
        state = self.take_in.state
        out = state.health.state is HealthState.OUT and SELF_TEST in state.health.faults
        return out and _nobody(state)

    def _done(self, hour: int, kept: Kept | BaseException) -> None:
        if isinstance(kept, OSError):
            _log.error("the self-test could not be kept: %s", kept)
        elif isinstance(kept, BaseException):
            raise kept
        else:
            self.took(kept)
            _log.info("self-test: %s; %s", kept.report.verdict.value, ", ".join(line.name for line in self.warnings))
        self._serve_again(hour)

    def _serve_again(self, hour: int) -> None:
        self.take_in.post(FaultCleared(SELF_TEST))
        self.scheduler.after(self.interval, lambda: self._look(hour))


def _nobody(state: Intake) -> bool:
    return state.visit.state is VisitState.IDLE and state.item.state is ItemState.NONE


def _free(state: Intake) -> bool:
    return state.health.state is HealthState.IN_SERVICE and _nobody(state)
