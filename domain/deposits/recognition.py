"""What was seen: the words in which vision tells the rules about a picture.

Confidence is an integer in parts per million everywhere in the core: entries hold no floats, so a
number that is decided on, shown, stored and hashed is the same number in all four places.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

from attrs import field, frozen, validators

PPM = 1_000_000
"""One whole, in parts per million."""


class Material(str, enum.Enum):
    """What an item is made of: the six classes that the default model names."""

    CARDBOARD = "cardboard"
    GLASS = "glass"
    METAL = "metal"
    PAPER = "paper"
    PLASTIC = "plastic"
    TRASH = "trash"


CONTAINERS = frozenset({Material.GLASS, Material.METAL, Material.PLASTIC})
"""The materials of the containers that people are paid for."""


def _is_ppm(_: object, attribute: object, value: int) -> None:
    if not 0 <= value <= PPM:
        raise ValueError(f"confidence is 0..{PPM} parts per million, not {value}")


@frozen
class Box:
    """Where an item is: pixels of the upright picture, x to the right, y down, x1 and y1 exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int

    def __attrs_post_init__(self) -> None:
        """Refuse a box without an inside."""
        if self.x1 <= self.x0 or self.y1 <= self.y0:
            raise ValueError(f"a box has an inside; this one is {self}")

    @property
    def area(self) -> int:
        """Pixels inside."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def shared(self, other: Box) -> int:
        """Pixels that lie in both boxes."""
        across = min(self.x1, other.x1) - max(self.x0, other.x0)
        down = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0, across) * max(0, down)


@frozen
class Detection:
    """One item that the detector found, and its vote for what it is."""

    box: Box
    label: Material
    confidence: int = field(validator=_is_ppm)
    """How sure it is that there is an item, whatever it is made of."""
    vote: int | None = field(default=None, validator=validators.optional(_is_ppm))
    """How sure it is of the label; None: as sure as of the item."""


@frozen
class Counting:
    """When a further detection is a further item. The numbers come with a model, in parts per million."""

    second_item: int = field(validator=_is_ppm)
    """Least confidence: one item is easily there, a second one needs to be sure."""
    same_item: int = field(validator=_is_ppm)
    """From this shared part of the smaller box on, two boxes are one item (a bottle and its label, say)."""


def separate_items(found: Iterable[Detection], rule: Counting) -> tuple[Detection, ...]:
    """Return one detection for each item, the most certain first: that one wins, it is the item that is spoken of.

    Its place in `found` says nothing: the same detections give the same answer in any order.
    """
    items: list[Detection] = []
    for one in sorted(found, key=_by_certainty):
        apart = all(
            one.box.shared(other.box) * PPM < rule.same_item * min(one.box.area, other.box.area) for other in items
        )
        if not items or (apart and one.confidence >= rule.second_item):
            items.append(one)
    return tuple(items)


def _by_certainty(one: Detection) -> tuple[int, int, int, int, int, str]:
    return (-one.confidence, one.box.x0, one.box.y0, one.box.x1, one.box.y1, one.label.value)


@frozen
class Classification:
    """The classifier's calibrated probabilities, parts per million by material."""

    probabilities: dict[Material, int] = field(validator=validators.min_len(1))

    @property
    def label(self) -> Material:
        """The most probable material; ties go to the first in alphabetical order."""
        return min(self.probabilities, key=lambda m: (-self.probabilities[m], m.value))

    @property
    def confidence(self) -> int:
        """The probability of that material, parts per million."""
        return self.probabilities[self.label]

    def containers(self) -> int:
        """Probability that it is a container of any material, parts per million."""
        return sum(p for material, p in self.probabilities.items() if material in CONTAINERS)


@frozen
class Mask:
    """What a segmenter measured of the pixels that belong to the item. An entry keeps the area alone."""

    area: int
    """Pixels of the picture inside the box."""
    length: int = 0
    """Pixels along the item's longest line, at whatever angle it lies; 0: not measured."""
    like_ground: int = field(default=0, validator=_is_ppm)
    """Part of the item that looks like the ground behind it, parts per million: clear, or of the ground's colour."""


@frozen
class Recognition:
    """All that vision says of one picture.

    `items` counts the items found; the rest speaks of the most certain one and is None (or 0) when
    nothing was found. `vote` is the detector's own opinion of the material, `label` the classifier's.
    """

    items: int
    label: Material | None
    confidence: int = field(validator=_is_ppm)
    container: int = field(validator=_is_ppm)
    """Probability that the item is a container of any material, parts per million."""
    box: Box | None
    vote: Material | None
    vote_confidence: int = field(validator=_is_ppm)
    mask: Mask | None
    """What was measured of the item; None when nothing was found."""
    model: str
    """Version of the model and the start of its hash, as in `first-light-1+3fa9c1d2`."""
    length_mm: int | None = None
    """The item's longest line; None where the picture's scale is not known. Not in entries."""

    @property
    def mask_area(self) -> int | None:
        """Pixels of the item inside the box; None when nothing was found."""
        return None if self.mask is None else self.mask.area


def nothing(model: str) -> Recognition:
    """Return the recognition of a picture without an item."""
    return Recognition(
        items=0, label=None, confidence=0, container=0, box=None,
        vote=None, vote_confidence=0, mask=None, model=model,
    )  # fmt: skip


def recognised(
    items: tuple[Detection, ...], named: Classification, mask: Mask, model: str, length_mm: int | None = None
) -> Recognition:
    """Put together what was seen of at least one item: the detector finds and votes, the classifier names."""
    seen = items[0]
    return Recognition(
        items=len(items), label=named.label, confidence=named.confidence, container=named.containers(),
        box=seen.box, vote=seen.label, vote_confidence=seen.confidence if seen.vote is None else seen.vote,
        mask=mask, model=model, length_mm=length_mm,
    )  # fmt: skip
