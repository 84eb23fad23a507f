"""A string: something comes up past the sensor at the bin's edge while no motor moves anything in.

Each motion inwards explains one count. What is counted beyond that is something that went the other way: an item on a
string, or an arm that reaches as far as the bin. Counters and motion are read one after the other, so a count is held
against motions only at the next reading.
"""

from __future__ import annotations

from attrs import evolve, frozen

from domain.deposits.bodies import Counters
from domain.fleet.readings import Motion, MotionEnd, Way

COASTS = 1_500_000
"""So long after the end of a motion inwards, microseconds, its item may still be counted."""


@frozen
class PulledBack:
    """How many times something was counted that no motion explains."""

    times: int = 0
    _counted: int | None = None
    _motion: int | None = None
    """The number of the last motion inwards."""
    _explains: int = 0
    """Counts that it still explains."""
    _until: int = 0
    _unexplained: int = 0
    """Counts of the last reading that no motion explained yet."""

    def told(self, counters: Counters | None, motion: Motion | None, at: int) -> PulledBack:
        """Take one reading of counters and motion; None where one of them did not answer."""
        known = self if motion is None else self._moved(motion, at)
        return known if counters is None else known.counted(counters.passed_in, at)

    def counted(self, passed_in: int, at: int) -> PulledBack:
        """Take one reading of the in-counter. One that is lower than before is another microcontroller's."""
        if self._counted is None or passed_in < self._counted:
            return evolve(self, counted=passed_in, unexplained=0)
        rose = passed_in - self._counted + self._unexplained
        explains = self._explains if at <= self._until else 0
        left = max(0, rose - explains)
        return evolve(
            self,
            counted=passed_in,
            explains=max(0, explains - rose),
            times=self.times + min(left, self._unexplained),
            unexplained=max(0, left - self._unexplained),
        )

    def _moved(self, motion: Motion, at: int) -> PulledBack:
        if motion.way is not Way.IN:
            return self
        running = motion.end is MotionEnd.RUNNING
        if motion.number != self._motion:
            return evolve(self, motion=motion.number, explains=1, until=at + COASTS)
        return evolve(self, until=at + COASTS) if running else self
