"""A hand, or a child's arm, in the chute: the light barrier at the opening is dark though no item has to pass it.

An item that the motor moves out darkens it too, for as long as it passes; a hand stays longer.
"""

from __future__ import annotations

from attrs import evolve, field, frozen

from domain.body.steady import MILLISECOND, Steady

REACHED_IN = 30 * MILLISECOND
"""Longer than a barrier chatters or glitches."""
PASSING = 700 * MILLISECOND
"""Longest that an item which goes out darkens the barrier: 6 cm at a quarter of the belt's speed."""
DRAWN_BACK = 100 * MILLISECOND
"""So long the opening must be free: fingers come and go."""


@frozen
class Hand:
    """Whether a hand is in the chute."""

    _opening: Steady = field(factory=lambda: Steady(REACHED_IN, DRAWN_BACK))

    @property
    def found(self) -> bool:
        """Whether it is."""
        return self._opening.level

    def told(self, dark: bool, at: int, *, going_out: bool, arriving: bool = False) -> Hand:  # noqa: FBT001 (a level)
        """Take one reading of the barrier.

        `going_out` is whether the motor moves something past it, `arriving` whether the item sensor has just begun to
        see something: then one reading is enough, for a quick model would have decided before the next.
        """
        opening = evolve(self._opening, on_after=PASSING if going_out else 0 if arriving else REACHED_IN)
        return Hand(opening.told(dark, at))
