"""What is wrong with the motor: no current flows, or it turns the other way.

A stall is not said here: the motion has failed, and the intake frees what is stuck or gives up on it by its own rules.
"""

from __future__ import annotations

from attrs import evolve, frozen

from domain.deposits.bodies import Counters
from domain.fleet.readings import Motion, MotionEnd, Way

DEAD_MA = 30
"""A motor that is driven takes several times that, even when it turns freely."""
LONG_ENOUGH_MS = 100
"""So long it must have been driven to be judged by its current."""
AGAIN = 3
"""Motions in a row with what was to go in coming out: once or twice, a hand may have been quicker."""


@frozen
class Motor:
    """What the motions so far say."""

    dead: bool = False
    wrong_way: int = 0
    _judged: int | None = None
    """The number of the last motion whose current was judged."""
    _seen: int | None = None
    """The number of the last motion inwards."""
    _inwards: int | None = None
    """The number of a motion inwards of which nothing was counted yet."""
    _before: Counters | None = None
    """The counters as they stood before it, or before the motion that comes next."""

    @property
    def backwards(self) -> bool:
        """Whether it turns the other way."""
        return self.wrong_way >= AGAIN

    def told(self, motion: Motion | None, counters: Counters | None) -> Motor:
        """Take one reading; None where one of them did not answer."""
        known = self if motion is None else self._by_current(motion)
        return known if counters is None else known.counted(motion, counters)

    def counted(self, motion: Motion | None, counters: Counters) -> Motor:
        """Take one reading of the counters, and the last motion."""
        number = motion.number if motion is not None and motion.way is Way.IN else None
        if number is None or self._before is None:
            return evolve(self, inwards=None, before=counters, seen=number)
        begun = self if number == self._seen else evolve(self, inwards=number, seen=number)
        return begun.went(counters)

    def went(self, counters: Counters) -> Motor:
        """Say of a motion inwards where its item went, once a counter rises."""
        if self._inwards is None or self._before is None:
            return evolve(self, before=counters)
        if counters.passed_in > self._before.passed_in:
            return evolve(self, inwards=None, before=counters, wrong_way=0)
        if counters.passed_out > self._before.passed_out:
            return evolve(self, inwards=None, before=counters, wrong_way=self.wrong_way + 1)
        return self

    def _by_current(self, motion: Motion) -> Motor:
        over = motion.end is not MotionEnd.RUNNING and motion.number != self._judged
        if not over or motion.peak_ma is None or motion.elapsed_ms < LONG_ENOUGH_MS:
            return self
        return evolve(self, judged=motion.number, dead=motion.peak_ma < DEAD_MA)
