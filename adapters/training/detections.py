"""Reading the detector's raw output, measuring boxes, and choosing the detector's thresholds.

The machine reads the same output in its own adapter; the final judgement is made through that one. This one is for
choosing thresholds, before the machine has any.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from domain.deposits.recognition import PPM, Box, Counting, Detection, Material, separate_items
from domain.learning.dataset import LABELS

Corners = tuple[float, float, float, float]
NMS_IOU = 0.5
SAME_ITEM = 0.6
"""From this shared part of the smaller box on, two boxes are one item."""


def read_output(raw: NDArray[np.float32], frame: tuple[int, int], side: int, least: float) -> tuple[Detection, ...]:
    """Detections from [4 + 6, boxes], best first, in the picture's pixels.

    How sure the detector is of an item is the sum of its labels' scores: it need not know what it is to know that
    something is there.

    Args:
        raw: the detector's output for one letterboxed picture.
        frame: width and height of the picture.
        side: the letterbox's side.
        least: scores below are left out.
    """
    scores = np.minimum(raw[4:].sum(axis=0), 1)
    raw, scores = raw[:, scores >= least], scores[scores >= least]
    corners = np.concatenate([raw[:2] - raw[2:4] / 2, raw[:2] + raw[2:4] / 2]).T
    rectangles = np.column_stack([corners[:, :2], raw[2:4].T])
    kept = np.array(cv2.dnn.NMSBoxes(rectangles.tolist(), scores.tolist(), least, NMS_IOU), int).ravel()
    width, height = frame
    scale = side / max(width, height)
    left, top = (side - round(width * scale)) // 2, (side - round(height * scale)) // 2
    found = []
    for index in sorted(kept, key=lambda place: -scores[place]):
        x0, y0, x1, y1 = (corners[index] - (left, top, left, top)) / scale
        box = (max(round(x0), 0), max(round(y0), 0), min(round(x1), width), min(round(y1), height))
        if box[2] > box[0] and box[3] > box[1]:
            label, sure = Material(LABELS[int(raw[4:, index].argmax())]), float(raw[4:, index].max())
            found.append(Detection(Box(*box), label, round(float(scores[index]) * PPM), min(PPM, round(sure * PPM))))
    return tuple(found)


def overlap(one: Corners, other: Corners) -> float:
    """Intersection over union."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return wide * tall / (sum(areas) - wide * tall)


def average_precision(
    found: Sequence[Sequence[tuple[Corners, float]]], truths: Sequence[Corners], least: float
) -> float:
    """Average precision (area under the interpolated curve) over pictures that hold one item each, labels ignored.

    Args:
        found: for each picture its boxes with scores.
        truths: for each picture the item's box.
        least: the overlap at which a box counts as found (0.5 for AP50).
    """
    claims = []
    for place, boxes in enumerate(found):
        hits = [overlap(box, truths[place]) >= least for box, _ in boxes]
        first = hits.index(True) if True in hits else None
        claims += [(score, index == first) for index, (_, score) in enumerate(boxes)]
    claims.sort(key=lambda claim: -claim[0])
    right = np.cumsum([hit for _, hit in claims])
    recall = np.concatenate([[0.0], right / max(len(truths), 1), [1.0]])
    precision = np.concatenate([[1.0], right / np.arange(1, len(claims) + 1), [0.0]])
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.flatnonzero(recall[1:] != recall[:-1]) + 1
    return float(np.sum((recall[steps] - recall[steps - 1]) * precision[steps]))


def choose_thresholds(
    single: Sequence[Sequence[Detection]], double: Sequence[Sequence[Detection]], none: Sequence[Sequence[Detection]]
) -> tuple[float, float]:
    """Scores from which there is an item, and from which there is a second one.

    Chosen so that the worst of the three kinds of error, weighed by how often it may happen (a single item called none
    or two: 1 %; an empty ground called an item: 2 %; two items called one or none: 5 %), is smallest. Of equals, the
    one in the middle of them: the farthest from the next mistake.

    Args:
        single: detections on pictures of one item, whatever it is made of: it is counted before it is named.
        double: on composites of two items.
        none: on empty grounds.
    """
    grid = [round(0.06 + 0.02 * step, 2) for step in range(40)]
    costs: dict[tuple[float, float], float] = {}
    for confidence in grid:
        for second in grid:
            if second < confidence:
                continue
            counts = [[_count(found, confidence, second) for found in kind] for kind in (single, double, none)]
            wrong = (
                np.mean([count != 1 for count in counts[0]]) / 0.01,
                np.mean([count < 2 for count in counts[1]]) / 0.05,
                np.mean([count > 0 for count in counts[2]]) / 0.02,
            )
            costs[confidence, second] = float(max(wrong) + 0.3 * sum(wrong))
    least = min(costs.values())
    equals = [pair for pair, cost in costs.items() if cost < least + 1e-9]
    middle = np.mean(equals, axis=0)
    return min(equals, key=lambda pair: float(np.abs(np.array(pair) - middle).sum()))


def _count(found: Sequence[Detection], confidence: float, second: float) -> int:
    sure = [one for one in found if one.confidence >= confidence * PPM]
    return len(separate_items(sure, Counting(second_item=round(second * PPM), same_item=round(SAME_ITEM * PPM))))
