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

LONGER_SIDE = 96
"""Pixels that the picture is looked at with: areas need no more."""

_LEAST_GROUND = 40
_TOLERANCES = (30.0, 20.0, 14.0)
"""Distance from the ground in Lab (8 bits a channel) that still counts as ground, in the rounds of fitting."""
_LIGHTNESS = 0.6
"""Shadows change lightness more than colour, so it counts less."""


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
    scale = min(1.0, LONGER_SIDE / max(tall, wide))
    size = (max(1, round(wide * scale)), max(1, round(tall * scale)))
    lab = cv2.cvtColor(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB)
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
    down, across = np.mgrid[-1 : 1 : tall * 1j, -1 : 1 : wide * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(down), across, down], axis=-1).reshape(-1, 3)
    values = lab.reshape(-1, 3) * np.array([_LIGHTNESS, 1, 1], np.float32)
    ground = outside.ravel()
    middle = np.median(values[ground], axis=0)
    off = np.linalg.norm(values - middle, axis=1)
    for tolerance in _TOLERANCES:
        agrees = ground & (off < tolerance)
        if agrees.sum() < _LEAST_GROUND:
            break
        chosen = terms[agrees]
        plane = np.linalg.solve(chosen.T @ chosen + np.eye(3, dtype=np.float32), chosen.T @ values[agrees])
        off = np.linalg.norm(values - terms @ plane, axis=1)
    # a rough ground asks for more distance than a smooth one
    rough = float(np.percentile(off[ground], 75))
    return (off > np.clip(3 * rough, 7, 20)).reshape(tall, wide)


def _whole(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Close gaps, fill holes (a clear bottle looks like ground in its middle) and drop specks."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, thickness=cv2.FILLED)
    return np.asarray(cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8)
