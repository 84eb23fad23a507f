"""Tells the item from the plain ground it lies on, without any weights.

The ground's colour changes slowly over the picture. A plane per colour channel is fitted to what lies outside the box,
and again to what then agrees with it; inside the box, what differs from that plane belongs to the item.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from adapters.vision.frame import PictureFrame
from application.ports.vision import Frame, InferenceFailed
from domain.deposits.recognition import Box

LONGER_SIDE = 64
"""Pixels that the picture is looked at with, or a little more: areas need no better."""

_LEAST_GROUND = 40
_TOLERANCES = (30.0, 20.0, 14.0)
"""Distance from the ground in Lab (8 bits a channel) that still counts as ground, in the rounds of fitting."""
_LIGHTER, _DARKER = 0.7, 0.35
"""What a difference in lightness counts beside one in colour: shadows darken the ground."""


class GroundSegmenter:
    """Counts the pixels that are not ground."""

    def segment(self, frame: Frame, box: Box) -> int:
        """Return how many pixels of the picture inside the box belong to the item. Raises InferenceFailed."""
        if not isinstance(frame, PictureFrame):
            raise InferenceFailed(f"the segmenter looks at pictures, not at a {type(frame).__name__}")
        mask, inside = item_mask(frame, box)
        cut = mask[inside]
        return min(box.area, round(box.area * float(cut.mean()))) if cut.size else box.area


def item_mask(frame: PictureFrame, box: Box) -> tuple[NDArray[np.uint8], tuple[slice, slice]]:
    """Return the small mask (1 on the item, height x width) and where the box lies in it."""
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
    mask = np.zeros(size[::-1], np.uint8)
    if outside.sum() < _LEAST_GROUND:
        mask[inside] = 1  # an item that fills the picture leaves no ground to tell it from
        return mask, inside
    mask[inside] = _differs(lab.astype(np.float32), outside)[inside]
    return _whole(mask), inside


def _differs(lab: NDArray[np.float32], outside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which pixels are not of the ground's colour at their place."""
    tall, wide = lab.shape[:2]
    down, across = np.linspace(-1, 1, tall, dtype=np.float32)[:, None], np.linspace(-1, 1, wide, dtype=np.float32)
    planes = [lab[:, :, 0], lab[:, :, 1], lab[:, :, 2]]
    off = _distance([plane - np.median(plane[outside]) for plane in planes])
    for tolerance in _TOLERANCES:
        agrees = outside & (off < tolerance)
        if agrees.sum() < _LEAST_GROUND:
            break
        at_y, at_x = np.nonzero(agrees)
        terms = (np.ones(len(at_x), np.float32), across[at_x], down[at_y, 0])
        # least squares written out: so few numbers are slower through a threaded library
        left = np.array([[float((one * other).sum()) for other in terms] for one in terms]) + np.eye(3)
        right = np.array([[float((one * plane[agrees]).sum()) for plane in planes] for one in terms])
        fit = np.linalg.solve(left, right).astype(np.float32)
        off = _distance([plane - (fit[0, i] + fit[1, i] * across + fit[2, i] * down) for i, plane in enumerate(planes)])
    # a rough ground asks for more distance than a smooth one
    rough = float(np.percentile(off[outside], 75))
    return np.asarray(off > np.clip(3 * rough, 10, 20), np.bool_)


def _distance(planes: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    light, a, b = planes
    light = np.where(light > 0, _LIGHTER, _DARKER) * light
    return np.asarray(np.sqrt(light * light + a * a + b * b), np.float32)


def _whole(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Close gaps, fill holes (a clear bottle looks like ground in its middle) and drop specks."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, thickness=cv2.FILLED)
    return np.asarray(cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
