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
_SPECK = np.ones((3, 3), np.uint8)


@frozen
class Found:
    """What was found of an item, in cells."""

    whole: Cells
    """The item, gaps and holes filled."""
    parts: Cells
    """What was found of it before anything was filled or spanned."""
    differs: Cells
    """1 where the picture does not look like its ground."""
    inside: tuple[slice, slice]
    """Where the box lies."""
    cell: float
    """Pixels of the whole picture along a cell's side."""
    pieces: bool
    """Whether separate parts mean separate pieces: not where most of the item looks like the ground."""


def measured(found: Found, box: Box) -> Mask:
    """Return the measures of what was found inside the box."""
    share = float(found.whole[found.inside].mean()) if found.whole[found.inside].size else 1.0
    within = np.zeros_like(found.whole)
    within[found.inside] = found.whole[found.inside]
    return Mask(
        area=min(box.area, round(box.area * share)),
        length=_longest(within, found.cell),
        second_piece=_second(found.parts, found.inside) if found.pieces else 0,
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


def _second(parts: Cells, inside: tuple[slice, slice]) -> int:
    """Return the second largest piece beside the largest, holes filled, specks and thin bridges left out."""
    cut = np.zeros_like(parts)
    cut[inside] = parts[inside]
    outlines, _ = cv2.findContours(cut, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(cut), outlines, -1, 1, thickness=cv2.FILLED)
    solid = cv2.morphologyEx(filled, cv2.MORPH_OPEN, _SPECK)
    _, _, about, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    areas = sorted((int(area) for area in about[1:, cv2.CC_STAT_AREA]), reverse=True)
    return areas[1] * PPM // areas[0] if len(areas) > 1 else 0


def _like_ground(within: Cells, differs: Cells) -> int:
    inner = cv2.erode(within, _RIM)
    cells = int(inner.sum())
    # an item so slender that it has no inside shows no ground through it
    return PPM - int((inner & differs).sum()) * PPM // cells if cells else 0
