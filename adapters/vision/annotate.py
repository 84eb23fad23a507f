"""A picture with what was seen in it drawn in: box and a line of text, at the right place and nothing hidden."""

from __future__ import annotations

import cv2
import numpy as np

from adapters.vision.frame import PictureFrame, Pixels
from domain.deposits.recognition import Box

Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_WHITE = (255, 255, 255)


def annotated(frame: PictureFrame, box: Box | None, text: str, colour: Colour) -> Pixels:
    """Return the picture at its pixels' size with the box and, above it or in its corner, the text (ASCII)."""
    drawn = frame.pixels.copy()
    tall, wide = drawn.shape[:2]
    stroke = max(1, round(max(tall, wide) / 200))
    across, down = frame.scale
    x0, y0 = (round(box.x0 * across), round(box.y0 * down)) if box else (0, 0)
    if box:
        end = (round(box.x1 * across) - 1, round(box.y1 * down) - 1)
        cv2.rectangle(drawn, (x0, y0), end, colour[::-1], stroke)
    scale = max(tall, wide) / 900
    (length, height), below = cv2.getTextSize(text, _FONT, scale, stroke)
    length, height = length + 2 * stroke, height + below + 2 * stroke
    left = min(x0, max(0, wide - length))
    top = y0 - height if y0 >= height else y0
    cv2.rectangle(drawn, (left, top), (left + length, top + height), colour[::-1], cv2.FILLED)
    cv2.putText(
        drawn, text, (left + stroke, top + height - below), _FONT, scale, _WHITE, max(1, stroke // 2), cv2.LINE_AA
    )
    return drawn


def encoded(pixels: Pixels, suffix: str) -> bytes:
    """Return a picture file's bytes, of the kind that the suffix names (`.jpg`, `.png`)."""
    made, data = cv2.imencode(suffix, pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not made:
        raise ValueError(f"no picture can be written as {suffix}")
    return np.asarray(data, np.uint8).tobytes()
