"""Whether the camera can be trusted: black, dazzled, frozen on one picture, dirty, or gone.

What a picture is like comes as `Figures`. What the lens itself does to pictures of the empty ground is for `lens`.
"""

from __future__ import annotations

from attrs import evolve, field, frozen

from domain.body.frame_quality import PALER, Figures, Flaw, flaws
from domain.body.steady import SECOND, Steady

IN_A_ROW = 3
"""Pictures that must say the same: one may be taken as a lamp flickers or a cable is touched."""
ITEMS = 31
"""Pictures of items that are looked at together: items differ a lot, their median does not."""
DULL = 4
"""The lens is dirty when their median sharpness has fallen to less than one of so many parts of what it was.

Or their median contrast to less than PALER. Of 1,000 lives of 1,000 items 14 raise a false alarm then (600 photographs
of bottles, cans and jars in any order); with 15 items and a third of the sharpness more than half of them did.
"""
DAZZLED, SEES_AGAIN = 10 * SECOND, 1 * SECOND
"""A phone's white screen may fill the picture for as long as a code is looked for."""
NOISY = 60
"""Pictures in a row, each unlike the one before, after which a camera is known for one that has noise."""
REPEATED = 12
"""Pictures in a row that such a camera never takes alike, whatever lies there."""


@frozen
class Sight:
    """What the pictures so far say. `clean` is what items were like with a clean lens, once it is known."""

    clean: tuple[int, int] | None = None
    """The median of their sharpness, and of their contrast."""
    _failed: int = 0
    _black: int = 0
    _white: Steady = field(factory=lambda: Steady(DAZZLED, SEES_AGAIN))
    _frozen: int = 0
    _last: str | None = None
    _last_present: bool = False
    _unlike: int = 0
    """Pictures in a row, each unlike the one before; NOISY once it was reached."""
    _alike: int = 0
    _items: tuple[tuple[int, int], ...] = ()
    """Sharpness and contrast of the last items."""

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
        """Whether pictures of items have lost much of their sharpness or of their contrast."""
        if self.clean is None or len(self._items) < ITEMS:
            return False
        sharpness, contrast = _medians(self._items)
        return DULL * sharpness < self.clean[0] or 1_000 * contrast < PALER * self.clean[1]

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
        items = (*self._items, (figures.sharpness, figures.contrast))[-ITEMS:]
        learnt = self.clean is None and len(items) == ITEMS
        return evolve(self, items=items, clean=_medians(items) if learnt else self.clean)


def _medians(items: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    sharpness, contrast = (sorted(numbers)[len(items) // 2] for numbers in zip(*items, strict=True))
    return sharpness, contrast
