"""What was seen: the words in which vision tells the rules about a picture.

Confidence is an integer in parts per million everywhere in the core: entries hold no floats, so a
number that is decided on, shown, stored and hashed is the same number in all four places.
"""

from __future__ import annotations

import enum

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


@frozen
class Detection:
    """One item that the detector found, and its vote for what it is."""

    box: Box
    label: Material
    confidence: int = field(validator=_is_ppm)


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
    mask_area: int | None
    """Pixels of the item inside the box; None when nothing was found."""
    model: str
    """Version of the model and the start of its hash, as in `first-light-1+3fa9c1d2`."""


def nothing(model: str) -> Recognition:
    """Return the recognition of a picture without an item."""
    return Recognition(
        items=0, label=None, confidence=0, container=0, box=None,
        vote=None, vote_confidence=0, mask_area=None, model=model,
    )  # fmt: skip
