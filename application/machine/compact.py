"""Compact: press together what lies in the first bin, while nobody is being served and no hand is near.

Whether the door is shut is the compactor's own business: it refuses, and stops, when it is not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from attrs import define, field

from application.machine.take_in import TakeIn
from application.ports.clock import Clock
from application.ports.hardware import Compactor, HardwareError
from application.ports.scheduler import Scheduler
from domain.body.compaction import Compaction
from domain.deposits.intake.state import ItemState, VisitState

_log = logging.getLogger(__name__)
LOOK = 10_000_000
"""Microseconds between two looks."""


@define
class Compact:
    """One life's compaction, on the deciding thread. `level` tells the first bin's filling; None: nobody knows."""

    compactor: Compactor
    level: Callable[[], int | None]
    take_in: TakeIn
    scheduler: Scheduler
    clock: Clock
    strokes: int = field(default=0, init=False)
    _known: Compaction = field(factory=Compaction, init=False)

    def start(self) -> None:
        """Begin to look."""
        self.scheduler.after(LOOK, self._look)

    def _look(self) -> None:
        level, now = self.level(), self.clock.now().mono
        if level is None or not self._nobody_is_there() or not self._known.due(level, now):
            self.scheduler.after(LOOK, self._look)
            return

        def done(answer: BaseException | None) -> None:
            if isinstance(answer, HardwareError):
                _log.warning("compactor: %s", answer)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self.strokes += 1
            self._known = self._known.pressed(level, now)
            self.scheduler.after(LOOK, self._look)

        self.scheduler.aside(self.compactor.press, done, cost="press")

    def _nobody_is_there(self) -> bool:
        state = self.take_in.state
        idle = state.visit.state is VisitState.IDLE and state.item.state is ItemState.NONE
        return idle and not state.hand and not state.present
