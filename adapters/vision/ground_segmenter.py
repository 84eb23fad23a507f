"""Tells the item from the plain ground it lies on, without any weights.

The ground's colour changes slowly over the picture. A plane per colour channel is fitted to what lies outside the box,
and again to what then agrees with it; inside the box, what differs from that plane belongs to the item, and so does
what edges enclose (white paper on a white ground has little else).
"""

from __future__ import annotations

import cv2
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from adapters.vision.frame import PictureFrame
from adapters.vision.measure import Cells, Found, measured
from application.ports.vision import Frame, InferenceFailed
from domain.deposits.recognition import Box, Mask

LONGER_SIDE = 64
"""Pixels that the picture is looked at with, or a little more: areas need no better."""

_LEAST_GROUND = 40
_PIECES = 0.4
"""Share of the box below which what was found is taken for pieces of the item, and what they span for all of it."""
_LEAST_EDGE = 32.0
"""Lightness by Sobel (eight times its change a pixel): a soft shadow changes more slowly."""
_TOLERANCES = (24.0, 14.0)
"""Distance from the ground in Lab (8 bits a channel) that still counts as ground, in the rounds of fitting."""
_LIGHTER, _DARKER = 0.7, 0.35
"""What a difference in lightness counts beside one in colour: shadows darken the ground."""


class GroundSegmenter:
    """Measures what is not ground."""

    def __init__(self) -> None:
        # OpenCV makes its tables for Lab at the first conversion (half a second): not while somebody waits
        cv2.cvtColor(np.zeros((1, 1, 3), np.uint8), cv2.COLOR_BGR2LAB)

    def segment(self, frame: Frame, box: Box) -> Mask:
        """Return the measures of what belongs to the item inside the box. Raises InferenceFailed."""
        if not isinstance(frame, PictureFrame):
            raise InferenceFailed(f"the segmenter looks at pictures, not at a {type(frame).__name__}")
        return measured(found_item(frame, box), box)


def found_item(frame: PictureFrame, box: Box) -> Found:
    """Return what is not ground, in cells of a few pixels."""
    ground = ground_around(frame, box)
    if not ground.enough:
        everything = np.zeros_like(ground.differs)
        everything[ground.inside] = 1  # an item that fills the picture leaves no ground to tell it from
        return Found(everything, everything, ground.inside, ground.cell)
    whole = _whole(ground.differs)
    if whole[ground.inside].mean() < _PIECES:
        whole = _whole(_spanned(ground.differs))
    return Found(whole, ground.differs, ground.inside, ground.cell)


@frozen
class Ground:
    """A picture in cells, and which of them do not look like its ground."""

    differs: Cells
    inside: tuple[slice, slice]
    cell: float
    enough: bool
    """Whether there is ground enough outside the box to tell anything by."""


def ground_around(frame: PictureFrame, box: Box) -> Ground:
    """Look for what differs from the ground in and closely around a box."""
    tall, wide = frame.pixels.shape[:2]
    by = max(1, max(tall, wide) // LONGER_SIDE)  # whole blocks of pixels are averaged fastest
    size = (max(1, wide // by), max(1, tall // by))
    small = cv2.resize(frame.pixels[: size[1] * by, : size[0] * by], size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB)
    across, down = size[0] / frame.width, size[1] / frame.height
    x0, y0 = min(size[0] - 1, int(box.x0 * across)), min(size[1] - 1, int(box.y0 * down))
    inside = (slice(y0, max(y0 + 1, round(box.y1 * down))), slice(x0, max(x0 + 1, round(box.x1 * across))))
    outside = np.ones(size[::-1], bool)
    outside[inside] = False
    differs = np.zeros(size[::-1], np.uint8)
    cell = frame.height / size[1]
    if outside.sum() < _LEAST_GROUND:
        return Ground(differs, inside, cell, enough=False)
    near = (
        slice(max(0, inside[0].start - 2), inside[0].stop + 2),
        slice(max(0, inside[1].start - 2), inside[1].stop + 2),
    )
    off, rough = _off_ground(lab, outside, near)
    # a rough ground asks for more than a smooth one
    differs[near] = (off > min(max(3 * rough, 10), 20)) | _drawn(lab[:, :, 0], outside)[near]
    return Ground(differs, inside, cell, enough=True)


def _off_ground(
    lab: NDArray[np.uint8], outside: NDArray[np.bool_], near: tuple[slice, slice]
) -> tuple[NDArray[np.float32], float]:
    """Return how far each pixel near the box is from the ground's colour there, and how far the ground mostly is."""
    tall, wide = lab.shape[:2]
    places = np.flatnonzero(outside)[::2]  # half of them tell as much
    ground = lab.reshape(-1, 3)[places].astype(np.float32)
    terms = np.ones((3, len(places)), np.float32)
    terms[1], terms[2] = places % wide, places // wide
    some = ground[::4]
    off = _distance(ground - np.partition(some, len(some) // 2, axis=0)[len(some) // 2])
    plane = np.zeros((3, 3), np.float32)
    plane[0] = ground.mean(axis=0)
    for tolerance in _TOLERANCES:
        agrees = off < tolerance
        if np.count_nonzero(agrees) < _LEAST_GROUND // 2:
            break
        chosen = terms[:, agrees]
        plane = np.linalg.solve(chosen @ chosen.T + np.eye(3, dtype=np.float32), chosen @ ground[agrees])
        off = _distance(ground - terms.T @ plane)
    rough = float(np.partition(off, len(off) * 3 // 4)[len(off) * 3 // 4])
    across = np.arange(wide, dtype=np.float32)[near[1]][None, :, None]
    down = np.arange(tall, dtype=np.float32)[near[0]][:, None, None]
    return _distance(lab[near] - (plane[0] + across * plane[1] + down * plane[2])), rough


def _drawn(light: NDArray[np.uint8], outside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell where there are edges: white paper on a white ground differs by nothing else."""
    edges = cv2.magnitude(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
    around = edges[outside]
    usual = float(np.partition(around, len(around) * 3 // 4)[len(around) * 3 // 4])
    return np.asarray(edges > max(3 * usual, _LEAST_EDGE), np.bool_)


def _distance(off: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far colours are from the ground's; the last axis holds their differences in Lab."""
    light = off[..., 0] * np.where(off[..., 0] > 0, np.float32(_LIGHTER), np.float32(_DARKER))
    return np.asarray(np.sqrt(light * light + off[..., 1] ** 2 + off[..., 2] ** 2), np.float32)


def _spanned(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the convex hull of all that is more than a speck."""
    there = cv2.findNonZero(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)))
    if there is None:
        return mask
    return np.asarray(cv2.fillConvexPoly(np.zeros_like(mask), cv2.convexHull(there), 1), np.uint8)


def _whole(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Close gaps, fill holes (a clear bottle looks like ground in its middle) and drop specks."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, thickness=cv2.FILLED)
    square = np.ones((3, 3), np.uint8)
    # an edge is as wide outside the item as inside: the outline goes back by one
    return np.asarray(cv2.morphologyEx(cv2.erode(filled, square), cv2.MORPH_OPEN, square), np.uint8)
