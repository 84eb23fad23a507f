"""A level that counts only once it has held: for so long to become true, for so long to become false again."""

from __future__ import annotations

from attrs import evolve, frozen

MILLISECOND = 1_000
SECOND = 1_000_000


@frozen
class Steady:
    """A level and what it was last told. Times in microseconds."""

    on_after: int
    off_after: int
    level: bool = False
    other_since: int | None = None
    """Since when it is told the opposite."""

    def told(self, level: bool, at: int) -> Steady:  # noqa: FBT001 (a level)
        """Take one reading."""
        if level == self.level:
            return self if self.other_since is None else evolve(self, other_since=None)
        since = at if self.other_since is None else self.other_since
        if at - since >= (self.on_after if level else self.off_after):
            return evolve(self, level=level, other_since=None)
        return evolve(self, other_since=since)
