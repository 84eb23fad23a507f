"""Whether the camera can be trusted: black, dazzled, frozen on one picture, dirty, or gone.

What a picture is like comes as `Figures`. What the lens itself does to pictures of the empty ground is for `lens`.
"""

from __future__ import annotations

from attrs import evolve, field, frozen

from domain.body.frame_quality import Figures, Flaw, flaws
from domain.body.steady import SECOND, Steady

IN_A_ROW = 3
"""Pictures that must say the same: one may be taken as a lamp flickers or a cable is touched."""
ITEMS = 31
"""Pictures of items whose sharpness is looked at together: items differ a lot, their median does not."""
DULL = 4
"""The lens is dirty when their median has fallen to less than one of so many parts of what it was.

With both numbers 7 of 1,000 lives of 1,000 items raise a false alarm; with 15 and 3 more than half of them (600
photographs of bottles, cans and jars in any order).
"""
DAZZLED, SEES_AGAIN = 10 * SECOND, 1 * SECOND
"""A phone's white screen may fill the picture for as long as a code is looked for."""
NOISY = 60
"""Pictures in a row, each unlike the one before, after which a camera is known for one that has noise."""
REPEATED = 12
"""Pictures in a row that such a camera never takes alike, whatever lies there."""


@frozen
class Sight:
    """What the pictures so far say. `clean` is the median sharpness of items with a clean lens, once it is known."""

    clean: int | None = None
    _failed: int = 0
    _black: int = 0
    _white: Steady = field(factory=lambda: Steady(DAZZLED, SEES_AGAIN))
    _frozen: int = 0
    _last: str | None = None
    _last_present: bool = False
    _unlike: int = 0
    """Pictures in a row, each unlike the one before; NOISY once it was reached."""
    _alike: int = 0
    _sharpness: tuple[int, ...] = ()
    """Of the last items."""

    @property
    def unplugged(self) -> bool:
        """Whether no pictures come."""
        return self._failed >= IN_A_ROW

    @property
    def black(self) -> bool:
        """Whether pictures show nothing for want of light."""
        return self._black >= IN_A_ROW

    @property
    def dazzled(self) -> bool:
        """Whether pictures have shown nothing for too much light, for long."""
        return self._white.level

    @property
    def frozen(self) -> bool:
        """Whether pictures are all the same though things came and went, or though no two ever were."""
        return self._frozen >= IN_A_ROW or self._alike >= REPEATED

    @property
    def dirty(self) -> bool:
        """Whether pictures of items have lost much of their sharpness."""
        if self.clean is None or len(self._sharpness) < ITEMS:
            return False
        return DULL * sorted(self._sharpness)[ITEMS // 2] < self.clean

    def failed(self) -> Sight:
        """Take note that there was no picture."""
        return evolve(self, failed=min(self._failed + 1, IN_A_ROW))

    def seen(self, figures: Figures, at: int, *, present: bool) -> Sight:
        """Take one picture; `present` is what the item sensor said as it was taken."""
        wrong = flaws(figures)
        known = evolve(
            self,
            failed=0,
            black=min(self._black + 1, IN_A_ROW) if Flaw.BLACK in wrong else 0,
            white=self._white.told(Flaw.WHITE in wrong, at),
            last=figures.fingerprint,
            last_present=present,
        )
        if wrong & {Flaw.BLACK, Flaw.WHITE}:
            return known  # where nothing is seen there is no noise either
        if figures.fingerprint != self._last:
            return evolve(known, frozen=0, alike=0, unlike=min(self._unlike + 1, NOISY))
        came_or_went = present != self._last_present
        return evolve(
            known,
            frozen=min(self._frozen + came_or_went, IN_A_ROW),
            # A camera without noise (a file, a compressed plain ground) repeats itself before it is known for noise.
            unlike=self._unlike if self._unlike == NOISY else 0,
            alike=min(self._alike + 1, REPEATED) if self._unlike == NOISY else 0,
        )

    def item(self, figures: Figures) -> Sight:
        """Take the picture of an item that was recognised."""
        sharpness = (*self._sharpness, figures.sharpness)[-ITEMS:]
        learnt = self.clean is None and len(sharpness) == ITEMS
        return evolve(self, sharpness=sharpness, clean=sorted(sharpness)[ITEMS // 2] if learnt else self.clean)
