"""What an item's mask says of it, beyond what the networks say: hardly there, or of no container's size.

The bounds are those of a mask that is told from the ground without weights. Of the 1,128 containers that the networks
take among the photographs that the default model was made with, one is beyond a bound: a bag as pale as its ground, and
it is none of the 347 that did not teach the networks.
"""

from __future__ import annotations

import enum

from domain.deposits.recognition import PPM, Mask, Recognition

LEAST_FILL = 250_000
"""Parts per million of its box that an item fills at least, however slender and slanted it lies."""
GROUND_SHOWING = 950_000
"""Parts per million of an item that may look like the ground: even clear ones have a rim, a label, a cap."""
SHORTEST, LONGEST = 45, 400
"""Millimetres of a container, measured along its longest line: a small can seen from its end, a bottle of three litres.
A cap or a shard is shorter."""


class Shape(str, enum.Enum):
    """What the mask says."""

    WHOLE = "whole"
    HARDLY_THERE = "hardly_there"
    """A wet ring, a print, a reflection: there is something to see, and nothing that covers the ground."""
    ODD_SIZE = "odd_size"
    """Too short or too long for a container; said only where the picture's scale is known."""


def shape_of(seen: Recognition) -> Shape:
    """Return what the mask says of what was seen; WHOLE where there is none."""
    if seen.mask is None or seen.box is None:
        return Shape.WHOLE
    if _hardly_there(seen.mask, seen.box.area):
        return Shape.HARDLY_THERE
    if seen.length_mm is not None and not SHORTEST <= seen.length_mm <= LONGEST:
        return Shape.ODD_SIZE
    return Shape.WHOLE


def millimetres(pixels: int, *, longer_side: int, shows_mm: int | None) -> int | None:
    """Return a length in millimetres.

    Args:
        pixels: the length in the picture.
        longer_side: pixels of the picture's longer side.
        shows_mm: millimetres of the chute's floor that this side shows; None: not known.
    """
    return None if shows_mm is None else (2 * pixels * shows_mm + longer_side) // (2 * longer_side)


def _hardly_there(mask: Mask, box_area: int) -> bool:
    return mask.area * PPM < LEAST_FILL * box_area or mask.like_ground > GROUND_SHOWING
