"""Finds items with a YOLO11 network, whichever engine runs it; letterbox and non-maximum suppression by OpenCV.

What goes in and what comes out is the same for every engine, so that all find the same boxes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from adapters.vision.engine import Engine
from adapters.vision.frame import PictureFrame
from adapters.vision.letterbox import Fit, fitted, tensor
from adapters.vision.package import ModelPackage
from application.ports.vision import Frame, InferenceFailed, ModelNotLoaded
from domain.deposits.recognition import PPM, Box, Detection

MOST_ITEMS = 20
"""Detections that are reported at most, the most certain ones."""


class YoloDetector:
    """The detector of a model package."""

    def __init__(self, package: ModelPackage, engine: Engine) -> None:
        """Run once on nothing, so that the first person waits no longer. Raises ModelNotLoaded."""
        self._model = package.detector
        self._labels = package.labels
        self._engine = engine
        side, rows = self._model.input_size, 4 + len(self._labels)
        try:
            answers = engine.run(np.zeros((1, 3, side, side), np.float32)).shape
        except InferenceFailed as broken:
            raise ModelNotLoaded(str(broken)) from broken
        if len(answers) != 2 or answers[0] != rows:
            raise ModelNotLoaded(f"the detector answers {answers}, not [{rows}, N]")

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Return the items found, the most certain first. Raises InferenceFailed."""
        if not isinstance(frame, PictureFrame):
            raise InferenceFailed(f"the detector looks at pictures, not at a {type(frame).__name__}")
        side = self._model.input_size
        tall, wide = frame.pixels.shape[:2]
        fit = Fit.of(wide, tall, side)
        answer = self._engine.run(tensor(fitted(frame.pixels, fit, side), (0, 0, 0), (1, 1, 1)))
        corners, votes, scores, sure = self._chosen(answer)
        boxes = fit.back(corners, frame.width, frame.height)
        return tuple(
            Detection(box, self._labels[vote], _ppm(score), _ppm(best))
            for corner, vote, score, best in zip(boxes, votes, scores, sure, strict=True)
            if (box := _whole_box(corner)) is not None
        )

    def _chosen(
        self, answer: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.float32], NDArray[np.float32]]:
        """Return corners in the square, votes, scores and votes' scores of what is sure enough and no box again.

        Suppression does not look at the vote: one item is one box, whatever it may be made of.
        """
        found = answer[:, self._item(answer[4:]) >= self._model.confidence]
        scores, votes, sure = self._item(found[4:]), found[4:].argmax(axis=0), found[4:].max(axis=0)
        centre, half = found[:2].T, found[2:4].T / 2
        corners = np.concatenate([centre - half, centre + half], axis=1)
        upright = np.concatenate([corners[:, :2], 2 * half], axis=1)
        kept = cv2.dnn.NMSBoxes(
            upright.tolist(), scores.tolist(), self._model.confidence, self._model.nms_iou, top_k=1000
        )
        order = np.array(kept, np.intp).ravel()
        order = order[np.argsort(-scores[order], kind="stable")][:MOST_ITEMS]
        return corners[order], votes[order], scores[order], sure[order]

    def _item(self, labels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how sure it is of an item in each box, from the labels' scores [labels, boxes]."""
        return np.minimum(labels.sum(axis=0), np.float32(1)) if self._model.summed else labels.max(axis=0)


def _ppm(score: np.float32) -> int:
    return min(PPM, round(float(score) * PPM))


def _whole_box(corner: NDArray[np.float32]) -> Box | None:
    """Return the box in whole pixels; None for one that lies outside the picture."""
    x0, y0, x1, y1 = (round(float(side)) for side in corner)
    return Box(x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None
