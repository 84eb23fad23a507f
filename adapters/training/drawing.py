"""Pictures for the model card, drawn with OpenCV alone."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from adapters.training.pictures import Image

INK = (30, 36, 34)
CELL = 84


def confusion_picture(rows: Sequence[Sequence[int]], truths: Sequence[str], named: Sequence[str]) -> Image:
    """A confusion matrix: rows are the truth, columns what was named; darker is more of the row."""
    left, top = 120, 70
    canvas = np.full((top + CELL * len(truths) + 12, left + CELL * len(named) + 12, 3), 255, np.uint8)
    for row, counts in enumerate(rows):
        _write(canvas, truths[row], (8, top + row * CELL + CELL // 2 + 5))
        for column, count in enumerate(counts):
            share = count / max(sum(counts), 1)
            right = truths[row] == named[column]
            colour = _mixed((10, 107, 69) if right else (168, 64, 28), share)
            x, y = left + column * CELL, top + row * CELL
            cv2.rectangle(canvas, (x, y), (x + CELL - 3, y + CELL - 3), colour, -1)
            text = str(count) if count else "-"
            _write(canvas, text, (x + CELL // 2 - 6 * len(text), y + CELL // 2 + 6), light=share > 0.5)
    for column, name in enumerate(named):
        _write(canvas, name, (left + column * CELL + 4, top - 12), size=0.45)
    _write(canvas, "truth \\ named", (8, 24), size=0.45)
    return canvas


def reliability_picture(confident: Sequence[tuple[float, bool]], bins: int = 10) -> Image:
    """How often the model is right (up) against how sure it is (to the right); the line is perfect calibration."""
    side, pad = 320, 40
    canvas = np.full((side + 2 * pad, side + 2 * pad, 3), 255, np.uint8)
    for index in range(bins):
        here = [right for sure, right in confident if index / bins < sure <= (index + 1) / bins]
        if here:
            high = round(side * sum(here) / len(here))
            start = (pad + index * side // bins + 2, pad + side - high)
            cv2.rectangle(canvas, start, (pad + (index + 1) * side // bins - 2, pad + side), (90, 160, 130), -1)
            _write(canvas, str(len(here)), (start[0] + 2, pad + side - 6), size=0.35)
    cv2.line(canvas, (pad, pad + side), (pad + side, pad), INK, 1, cv2.LINE_AA)
    cv2.rectangle(canvas, (pad, pad), (pad + side, pad + side), INK, 1)
    _write(canvas, "confidence (number of pictures in each bar)", (pad, side + 2 * pad - 12), size=0.4)
    _write(canvas, "share right", (pad, pad - 10), size=0.4)
    return canvas


def _mixed(colour: tuple[int, int, int], share: float) -> tuple[int, ...]:
    shown = 0.0 if share == 0 else 0.15 + 0.85 * share
    return tuple(round(245 + (part - 245) * shown) for part in colour)


def _write(canvas: Image, text: str, at: tuple[int, int], *, size: float = 0.55, light: bool = False) -> None:
    colour = (255, 255, 255) if light else INK
    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)
