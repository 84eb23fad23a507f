"""What the empty ground looks like to this camera, and whether a picture shows it.

A ground has little contrast; whatever lies on it has more, or changes the brightness of a part of the picture. How much
is learnt while the item sensor says that nothing lies there, and goes with the light in the hall.
"""

from __future__ import annotations

from attrs import evolve, frozen

from domain.body.frame_quality import CONTRAST_TOLD, Figures, spots
from domain.deposits.second_look import alike

LEARNT = 9
"""Pictures of the empty ground that are looked at together."""
MORE = 2
"""A picture with that many times the ground's contrast, and SLACK more, shows something on it."""
SLACK = 3
SHARPER = 2
"""And with that many times its sharpness something with edges: what sticks to the lens is too near to have any.

That can be told on a plain ground only: a pattern has edges of its own, which what lies on it hides.
"""


@frozen
class Ground:
    """The ground, and what the last picture showed."""

    empty: bool = False
    """Whether it showed the ground and nothing else: neither more contrast nor a part that is darker or brighter."""
    at_rest: bool = False
    """Whether it showed something with edges that the picture before had shown."""
    _last: tuple[Figures, ...] = ()
    """Of the ground."""
    _looks: str | None = None

    @property
    def known(self) -> bool:
        """Whether enough was seen of it."""
        return len(self._last) == LEARNT

    def seen(self, figures: Figures, *, empty: bool) -> Ground:
        """Take one picture; `empty` is what other sensors say."""
        if not self.known:
            last = (*self._last, figures) if empty else self._last
            return evolve(self, last=last, looks=figures.looks)
        contrast = _middle([one.contrast for one in self._last])
        more = figures.contrast > MORE * contrast + SLACK
        plain = contrast < CONTRAST_TOLD
        edges = not plain or figures.sharpness > SHARPER * _middle([one.sharpness for one in self._last])
        return evolve(
            self,
            empty=not more and not spots(figures, self._last[-1]),
            at_rest=more and edges and self._looks is not None and alike(self._looks, figures.looks),
            last=(*self._last, figures)[-LEARNT:] if empty and not more else self._last,
            looks=figures.looks,
        )


def _middle(values: list[int]) -> int:
    return sorted(values)[len(values) // 2]
