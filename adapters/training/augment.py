"""What a classifier is shown of a picture: the same window as on the machine, and in training many variations of it.

A variation is one affine warp (crop, turn, flip, stretch) plus changes of colour, so it costs about a millisecond.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from adapters.training.ground import Box
from adapters.training.pictures import Image
from domain.learning.crop import crop_window

GREY = 114
MARGIN = 0.08
SQUARE = True
MEAN = (0.5, 0.5, 0.5)
STD = (0.5, 0.5, 0.5)


def blank(width: int, height: int) -> Image:
    """A grey picture."""
    return np.full((height, width, 3), GREY, np.uint8)


def letterbox(image: Image, side: int) -> Image:
    """Scale to fit a square of `side` pixels, centred, the rest grey 114."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.full((side, side, 3), GREY, np.uint8)
    left, top = (side - wide) // 2, (side - tall) // 2
    canvas[top : top + tall, left : left + wide] = cv2.resize(image, (wide, tall), interpolation=way)
    return canvas


def view(image: Image, box: tuple[float, float, float, float], side: int) -> Image:
    """The crop the machine shows its classifier: side x side x 3, uint8."""
    x0, y0, x1, y1 = crop_window(box, (image.shape[1], image.shape[0]), margin=MARGIN, square=SQUARE)
    return letterbox(image[y0:y1, x0:x1], side)


def varied(image: Image, box: Box, side: int, dice: np.random.Generator) -> Image:
    """A random variation of the crop, side x side x 3, uint8."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = (float(value) for value in box)
    if dice.random() < 0.2:
        x0, y0, x1, y1 = 0.0, 0.0, float(width), float(height)
    long = max(x1 - x0, y1 - y0) * (1 + 2 * MARGIN)
    span = long * float(np.exp(dice.uniform(np.log(0.55), np.log(1.2))))
    slack = 0.5 * abs(long - span) + 0.04 * long
    centre = ((x0 + x1) / 2 + dice.uniform(-slack, slack), (y0 + y1) / 2 + dice.uniform(-slack, slack))
    turn = dice.integers(4) * 90 + (dice.uniform(-25, 25) if dice.random() < 0.5 else 0)
    stretch = float(np.exp(dice.uniform(-0.18, 0.18)))
    warped = _warped(image, centre, span, side, np.deg2rad(turn), stretch, flip=bool(dice.random() < 0.5))
    return _erased(_coloured(warped, dice), dice)


def _warped(
    image: Image, centre: tuple[float, float], span: float, side: int, turn: float, stretch: float, *, flip: bool
) -> Image:
    """Cut a turned window of `span` pixels around the centre and scale it to `side`."""
    scale = side / span
    if scale < 0.55:  # halve first: a warp alone would alias
        image, centre, scale = cv2.pyrDown(image), (centre[0] / 2, centre[1] / 2), scale * 2
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    matrix = np.array([[cos * stretch, -sin], [sin, cos / stretch]])
    if flip:
        matrix[0] = -matrix[0]
    shift = np.array([side / 2, side / 2]) - matrix @ np.array(centre)
    return cv2.warpAffine(
        image, np.column_stack([matrix, shift]), (side, side), flags=cv2.INTER_LINEAR, borderValue=(GREY,) * 3
    )


def _coloured(image: Image, dice: np.random.Generator) -> Image:
    light = image.astype(np.float32)
    light *= float(np.exp(dice.uniform(-0.3, 0.3))) * np.exp(dice.uniform(-0.08, 0.08, 3)).astype(np.float32)
    if dice.random() < 0.6:
        mean = light.mean()
        light = mean + (light - mean) * np.float32(np.exp(dice.uniform(-0.25, 0.25)))
    if dice.random() < 0.6:
        grey = light.mean(axis=2, keepdims=True)
        light = grey + (light - grey) * np.float32(np.exp(dice.uniform(-0.5, 0.3)))
    result = np.clip(light, 0, 255).astype(np.uint8)
    if dice.random() < 0.1:
        result = cv2.GaussianBlur(result, (0, 0), float(dice.uniform(0.5, 1.3)))
    return result


def _erased(image: Image, dice: np.random.Generator) -> Image:
    if dice.random() < 0.25:
        side = image.shape[0]
        high, wide = (int(side * dice.uniform(0.1, 0.4)) for _ in range(2))
        top, left = int(dice.integers(side - high)), int(dice.integers(side - wide))
        image[top : top + high, left : left + wide] = dice.integers(0, 255, 3)
    return image


def as_batch(images: list[Image]) -> NDArray[np.float32]:
    """Pictures of one size to normalised NCHW float32."""
    stacked = np.stack(images).astype(np.float32) / 255
    return np.ascontiguousarray(
        ((stacked - np.array(MEAN, np.float32)) / np.array(STD, np.float32)).transpose(0, 3, 1, 2)
    )
