"""A contact or light barrier as it is: for a moment after each change it chatters, and now and then it lies."""

from __future__ import annotations

from random import Random

from attrs import define


@define
class Contact:
    """What a sensor's wire says of a level behind it. `stuck` holds it whatever is true."""

    chance: Random
    bounce_us: int = 2_000
    """So long it chatters after a change."""
    glitches_per_s: float = 0.0
    """Spikes of one reading, on average, when it is read once a millisecond."""
    stuck: bool | None = None
    _level: bool = False
    _changed_us: int | None = None

    def read(self, truth: bool, at_us: int) -> bool:  # noqa: FBT001 (a level)
        """Return what the wire says at that time."""
        if self.stuck is not None:
            return self.stuck
        if truth != self._level:
            self._level, self._changed_us = truth, at_us
        if self._changed_us is not None and at_us - self._changed_us < self.bounce_us:
            return self.chance.random() < 0.5
        if self.glitches_per_s and self.chance.random() < self.glitches_per_s / 1_000:
            return not truth
        return truth
