"""When a bin is pressed together: once it is well filled, with a pause until its level is known again, not in vain."""

from __future__ import annotations

from attrs import evolve, frozen

from domain.body.steady import SECOND

WORTH = 600
"""Permille of the filling from which a stroke makes room worth its noise."""
SETTLES = 90 * SECOND
"""Until the sensor's median knows what a stroke has come to."""
ROOM = 30
"""Permille that a stroke makes at least; less is none."""
IN_VAIN = 2
RESTS = 3_600 * SECOND
"""After so many strokes in vain: what lies there is pressed already."""


@frozen
class Compaction:
    """What is known of the strokes so far. Times are the machine's own, microseconds."""

    _last: int | None = None
    _before: int = 0
    """The level before the last stroke."""
    _in_vain: int = 0

    def due(self, permille: int, at: int) -> bool:
        """Tell whether the next stroke is due at this level."""
        if permille < WORTH:
            return False
        if self._last is None:
            return True
        return at - self._last >= (RESTS if self._judged(permille) >= IN_VAIN else SETTLES)

    def pressed(self, permille: int, at: int) -> Compaction:
        """Take note of a stroke at this level."""
        rested = self._last is not None and at - self._last >= RESTS
        return evolve(self, last=at, before=permille, in_vain=0 if rested else self._judged(permille))

    def _judged(self, permille: int) -> int:
        if self._last is None or self._before - permille >= ROOM:
            return 0
        return self._in_vain + 1
