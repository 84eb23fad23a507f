"""Whether the camera can be trusted: black, frozen on one picture, dirty, or gone.

What a picture is like comes as `Figures`.
"""

from __future__ import annotations

from attrs import evolve, frozen

from domain.body.frame_quality import Figures, Flaw, flaws

IN_A_ROW = 3
"""Pictures that must say the same: one may be taken as a lamp flickers or a cable is touched."""
ITEMS = 15
"""Pictures of items whose sharpness is looked at together: items differ a lot, their median does not."""
DULL = 3
"""The lens is dirty when their median has fallen to less than one of so many parts of what it was."""


@frozen
class Sight:
    """What the pictures so far say. `clean` is the median sharpness of items with a clean lens, once it is known."""

    clean: int | None = None
    _failed: int = 0
    _black: int = 0
    _frozen: int = 0
    _last: str | None = None
    _last_present: bool = False
    _sharpness: tuple[int, ...] = ()

    @property
    def unplugged(self) -> bool:
        """Whether no pictures come."""
        return self._failed >= IN_A_ROW

    @property
    def black(self) -> bool:
        """Whether pictures show nothing."""
        return self._black >= IN_A_ROW

    @property
    def frozen(self) -> bool:
        """Whether pictures are all the same though things came and went."""
        return self._frozen >= IN_A_ROW

    @property
    def dirty(self) -> bool:
        """Whether pictures have lost much of their sharpness."""
        if self.clean is None or len(self._sharpness) < ITEMS:
            return False
        return DULL * sorted(self._sharpness)[ITEMS // 2] < self.clean

    def failed(self) -> Sight:
        """Take note that there was no picture."""
        return evolve(self, failed=min(self._failed + 1, IN_A_ROW))

    def seen(self, figures: Figures, *, present: bool) -> Sight:
        """Take one picture; `present` is what the item sensor said as it was taken."""
        dark = Flaw.BLACK in flaws(figures)
        known = evolve(
            self,
            failed=0,
            black=min(self._black + 1, IN_A_ROW) if dark else 0,
            last=figures.fingerprint,
            last_present=present,
        )
        if figures.fingerprint != self._last:
            known = evolve(known, frozen=0)
        elif present != self._last_present:
            known = evolve(known, frozen=min(self._frozen + 1, IN_A_ROW))
        return known

    def item(self, figures: Figures) -> Sight:
        """Take the picture of an item that was recognised."""
        sharpness = (*self._sharpness, figures.sharpness)[-ITEMS:]
        learnt = self.clean is None and len(sharpness) == ITEMS
        return evolve(self, sharpness=sharpness, clean=sorted(sharpness)[ITEMS // 2] if learnt else self.clean)
