"""Tells the item from everything else with SAM 2, prompted by the detector's box; Ultralytics loads and runs it.

Its weights do not come with MyRVM. Without them there is no segmenter: a network that has learnt nothing would answer
too, and its masks would mean nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from adapters.vision.frame import PictureFrame
from adapters.vision.ground_segmenter import ground_around
from adapters.vision.measure import Cells, Found, measured
from adapters.vision.ultralytics_offline import sam
from application.ports.vision import Frame, InferenceFailed, ModelNotLoaded
from domain.deposits.recognition import Box, Mask

NAMES = tuple(f"{version}_{size}.pt" for version in ("sam2", "sam2.1") for size in "tsbl")
"""What a file of weights is called: Ultralytics tells the kind of network by it."""


def load_sam2(weights: Path | None) -> Any:
    """Return Ultralytics' SAM 2 with its weights. Raises ModelNotLoaded, EngineUnavailable.

    ModelNotLoaded: no file is named, there is none, it is called otherwise, or it holds the weights of something else.
    """
    if weights is None:
        raise ModelNotLoaded("SAM 2 needs its weights: no file is named")
    if weights.name not in NAMES:
        raise ModelNotLoaded(f"{weights}: weights of SAM 2 are called {', '.join(NAMES)}")
    if not weights.is_file():  # else Ultralytics looks for it on the network
        raise ModelNotLoaded(f"SAM 2 needs its weights: {weights} is not there")
    kind = sam()
    try:
        return kind(str(weights))
    except Exception as broken:  # what loading raises shares no base class
        raise ModelNotLoaded(f"{weights}: {type(broken).__name__}: {str(broken)[:300]}") from broken


class Sam2Segmenter:
    """Measures what SAM 2 says belongs to the item."""

    def __init__(self, sam: Any) -> None:
        """`sam` is what `load_sam2` returns: its `predict(picture, bboxes=...)` gives masks of the picture's size."""
        self._sam = sam

    def segment(self, frame: Frame, box: Box) -> Mask:
        """Return the measures of what belongs to the item inside the box. Raises InferenceFailed."""
        if not isinstance(frame, PictureFrame):
            raise InferenceFailed(f"the segmenter looks at pictures, not at a {type(frame).__name__}")
        across, down = frame.scale
        corners = [box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down]
        item = self._mask(frame, corners)
        x0, y0, x1, y1 = (round(corner) for corner in corners)
        inside = item[y0 : max(y0 + 1, y1), x0 : max(x0 + 1, x1)]
        ground = ground_around(frame, box)
        found = Found(_in_cells(item, ground.differs.shape), ground.differs, ground.inside, ground.cell)
        area = min(box.area, round(box.area * float(inside.mean()))) if inside.size else 0
        mask = measured(found, box)
        return evolve(mask, area=area, like_ground=mask.like_ground if ground.enough else 0)

    def _mask(self, frame: PictureFrame, corners: list[float]) -> NDArray[np.uint8]:
        """Return 1 on the item, at the size of the frame's pixels."""
        try:
            said = self._sam.predict(frame.pixels, bboxes=[corners], verbose=False, save=False)
            masks = said[0].masks
            if masks is None or not len(masks.data):
                return np.zeros(frame.pixels.shape[:2], np.uint8)
            mask = np.asarray(masks.data[0].cpu().numpy(), np.uint8)
        except Exception as broken:  # the same
            raise InferenceFailed(f"SAM 2: {type(broken).__name__}: {broken}") from broken
        if mask.shape != frame.pixels.shape[:2]:
            raise InferenceFailed(f"SAM 2: a mask of {mask.shape} for a picture of {frame.pixels.shape[:2]}")
        return (mask > 0).astype(np.uint8)


def _in_cells(item: NDArray[np.uint8], shape: tuple[int, ...]) -> Cells:
    small = cv2.resize(item * 255, shape[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(small > 127, np.uint8)
