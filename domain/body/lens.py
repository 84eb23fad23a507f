"""What lens and light do to pictures of the empty ground: a veil, a spot that stays, soft edges, bad exposure.

Each is compared with what the same ground looked like when all was well: on the day of installation, if somebody told,
else as this life began. Only what lasts counts: hands, phones and the sun's patches go away.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, field, frozen

from domain.body.frame_quality import Figures, Flaw, flaws
from domain.body.steady import SECOND, Steady

LEARNT = 31
"""Pictures of the empty ground whose median is what it looks like: a code may be held before some of them."""
LASTS, GONE = 60 * SECOND, 10 * SECOND
"""Dirt stays; whoever wipes the lens is soon believed."""
ILL_LIT, WELL_LIT = 90 * SECOND, 5 * SECOND
"""Phones that are held before the lens one after the other are bright for as long as half a minute."""

BAD_LIGHT = frozenset({Flaw.DIM, Flaw.BURNT})
DIRT = frozenset({Flaw.VEILED, Flaw.SPOTTED})


@frozen
class Lens:
    """What pictures of the empty ground say. `clean` is one from when all was well, once it is known."""

    clean: Figures | None = None
    _seen: tuple[Figures, ...] = ()
    """Of the first pictures, while it is not."""
    _light: Steady = field(factory=lambda: Steady(ILL_LIT, WELL_LIT))
    _dirt: Steady = field(factory=lambda: Steady(LASTS, GONE))
    _soft: Steady = field(factory=lambda: Steady(LASTS, GONE))

    @property
    def ill_lit(self) -> bool:
        """Whether it has been too dark, or too bright in much of it, for a while."""
        return self._light.level

    @property
    def dirty(self) -> bool:
        """Whether it has been veiled or had a spot for long."""
        return self._dirt.level

    @property
    def soft(self) -> bool:
        """Whether its edges alone have been soft for long."""
        return self._soft.level

    def seen(self, figures: Figures, at: int) -> Lens:
        """Take one picture of the ground on which, as far as other sensors know, nothing lies."""
        wrong = flaws(figures, self.clean)
        known = evolve(self, light=self._light.told(bool(wrong & BAD_LIGHT), at))
        if wrong - DIRT - {Flaw.SOFT}:
            return known  # too little or too much light says nothing of the lens
        if self.clean is None:
            first = (*self._seen, figures)
            learnt = len(first) == LEARNT
            return evolve(known, seen=() if learnt else first, clean=_middle(first) if learnt else None)
        return evolve(
            known,
            dirt=self._dirt.told(bool(wrong & DIRT), at),
            soft=self._soft.told(Flaw.SOFT in wrong and not wrong & DIRT, at),
        )


def _middle(pictures: tuple[Figures, ...]) -> Figures:
    """Return what is compared of them, each number the median of its own."""
    return evolve(
        pictures[-1],
        contrast=_median(one.contrast for one in pictures),
        focus=_median(one.focus for one in pictures),
        tiles=tuple(_median(tile) for tile in zip(*(one.tiles for one in pictures), strict=True)),
    )


def _median(values: Iterable[int]) -> int:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
