"""From a mask's cells to its measures."""

from __future__ import annotations

import cv2
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from domain.deposits.recognition import PPM, Box, Mask

Cells = NDArray[np.uint8]
"""1 on the item, height x width: a picture in cells of some pixels each."""

_RIM = np.ones((5, 5), np.uint8)
"""What looks like the ground is looked for within the outline: at the outline, cells are half of each."""


@frozen
class Found:
    """What was found of an item, in cells."""

    whole: Cells
    """The item, gaps and holes filled."""
    differs: Cells
    """1 where the picture does not look like its ground."""
    inside: tuple[slice, slice]
    """Where the box lies."""
    cell: float
    """Pixels of the whole picture along a cell's side."""


def measured(found: Found, box: Box) -> Mask:
    """Return the measures of what was found inside the box."""
    share = float(found.whole[found.inside].mean()) if found.whole[found.inside].size else 1.0
    within = np.zeros_like(found.whole)
    within[found.inside] = found.whole[found.inside]
    return Mask(
        area=min(box.area, round(box.area * share)),
        length=_longest(within, found.cell),
        like_ground=_like_ground(within, found.differs),
    )


def _longest(within: Cells, cell: float) -> int:
    """Return the pixels between the two points of the outline that are farthest apart."""
    there = cv2.findNonZero(within)
    if there is None:
        return 0
    hull = cv2.convexHull(there).reshape(-1, 2).astype(np.float32)
    apart = np.linalg.norm(hull[:, None] - hull[None], axis=2).max()
    return round((float(apart) + 1) * cell)  # from one cell's middle to another's, and half a cell at each end


def _like_ground(within: Cells, differs: Cells) -> int:
    inner = cv2.erode(within, _RIM)
    cells = int(inner.sum())
    # an item so slender that it has no inside shows no ground through it
    return PPM - int((inner & differs).sum()) * PPM // cells if cells else 0
