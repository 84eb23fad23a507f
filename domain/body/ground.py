"""What the empty ground looks like to this camera, and whether a picture shows it.

A plain ground has little contrast; whatever lies on it has more. How much is learnt while the item sensor says that
nothing lies there, and goes with the light in the hall.
"""

from __future__ import annotations

from attrs import evolve, frozen

from domain.body.frame_quality import Figures
from domain.deposits.second_look import alike

LEARNT = 9
"""Pictures of the empty ground whose contrast is looked at together."""
MORE = 2
"""A picture with that many times the ground's contrast, and SLACK more, shows something on it."""
SLACK = 3


@frozen
class Ground:
    """The ground, and what the last picture showed."""

    empty: bool = False
    at_rest: bool = False
    """Whether it showed what the picture before had shown."""
    _contrast: tuple[int, ...] = ()
    _looks: str | None = None

    @property
    def known(self) -> bool:
        """Whether enough was seen of it."""
        return len(self._contrast) == LEARNT

    def seen(self, figures: Figures, *, empty: bool) -> Ground:
        """Take one picture; `empty` is what other sensors say."""
        shows_nothing = self.known and figures.contrast <= MORE * self._middle + SLACK
        learns = empty and (shows_nothing or not self.known)
        return evolve(
            self,
            empty=shows_nothing,
            at_rest=self._looks is not None and alike(self._looks, figures.looks),
            contrast=(*self._contrast, figures.contrast)[-LEARNT:] if learns else self._contrast,
            looks=figures.looks,
        )

    @property
    def _middle(self) -> int:
        return sorted(self._contrast)[LEARNT // 2]
