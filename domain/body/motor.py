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
        """Take one reading of the counters, and the last motion.

        What comes out before it is over says nothing: hands that draw back are counted, too.
        """
        if motion is None or motion.way is not Way.IN:
            return evolve(self, inwards=None, before=counters)
        known = self if motion.number == self._seen else evolve(self, inwards=motion.number, seen=motion.number)
        if motion.end is MotionEnd.PASSED:
            return evolve(known, inwards=None, before=counters, wrong_way=0)
        if motion.end is MotionEnd.RUNNING or known.judged_where:
            return known
        return known.came_out(counters)

    @property
    def judged_where(self) -> bool:
        """Whether it is known, or nobody can know, where the item of the last motion inwards went."""
        return self._inwards is None or self._before is None

    def came_out(self, counters: Counters) -> Motor:
        """Say of a motion inwards that ended without its item going in whether the item came out instead."""
        if self._before is None or counters.passed_out <= self._before.passed_out:
            return self
        return evolve(self, inwards=None, before=counters, wrong_way=self.wrong_way + 1)

    def _by_current(self, motion: Motion) -> Motor:
        over = motion.end is not MotionEnd.RUNNING and motion.number != self._judged
        if not over or motion.peak_ma is None or motion.elapsed_ms < LONG_ENOUGH_MS:
            return self
        return evolve(self, judged=motion.number, dead=motion.peak_ma < DEAD_MA)
