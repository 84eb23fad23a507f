"""A level that counts once it held for a while: what chatters or flickers is passed over."""

from __future__ import annotations

from attrs import define


@define
class Steady:
    """A debounced level. Time is in seconds, on any clock that never goes back."""

    hold_s: float
    level: bool
    _other_since: float | None = None

    def take(self, level: bool, now: float) -> bool:  # noqa: FBT001 (a level)
        """Take a reading; tell whether the level that counts has changed by it."""
        if level == self.level:
            self._other_since = None
            return False
        if self._other_since is None:
            self._other_since = now
        if now - self._other_since < self.hold_s:
            return False
        self.level, self._other_since = level, None
        return True
