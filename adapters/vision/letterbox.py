"""A picture fitted into a network's square, and the way back from the square to the picture."""

from __future__ import annotations

import cv2
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from adapters.vision.frame import Pixels

GREY = 114
"""What the square holds beside the picture: the grey that the networks were taught with."""


@frozen
class Fit:
    """Where a picture lies in the square: its size there, and its left upper corner."""

    width: int
    height: int
    left: int
    top: int

    @classmethod
    def of(cls, width: int, height: int, side: int) -> Fit:
        """Fit a picture of width x height into a square of `side` pixels, centred, its shape kept."""
        scale = side / max(width, height)
        wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
        return cls(wide, tall, (side - wide) // 2, (side - tall) // 2)

    def back(self, points: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
        """Map x0, y0, x1, y1 rows from the square to a picture of width x height, clipped to it."""
        off = np.array([self.left, self.top] * 2, np.float32)
        scale = np.array([width / self.width, height / self.height] * 2, np.float32)
        return np.clip((points - off) * scale, 0, np.array([width, height] * 2, np.float32))


def fitted(pixels: Pixels, fit: Fit, side: int) -> Pixels:
    """Return the square that holds the picture where `fit` says."""
    small = shrunk(pixels, fit.width, fit.height)
    if small.shape[:2] == (side, side):
        return small
    square = np.full((side, side, 3), GREY, np.uint8)
    square[fit.top : fit.top + fit.height, fit.left : fit.left + fit.width] = small
    return square


def shrunk(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return the picture at another size, without aliasing when that is smaller.

    Averaging over whole pixels is quick: so by a whole number first, and what is left (less than to a half) linearly,
    as in training. A pixel or two at the right and lower edge are left out for that.
    """
    tall, wide = pixels.shape[:2]
    by = min(wide // width, tall // height)
    if by < 2:
        return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    whole = (wide // by, tall // by)
    part = cv2.resize(pixels[: whole[1] * by, : whole[0] * by], whole, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def tensor(pixels: Pixels, mean: tuple[float, ...], std: tuple[float, ...]) -> NDArray[np.float32]:
    """Return BGR pixels as one RGB float32 picture [1, 3, height, width]: (value / 255 - mean) / std."""
    planes = np.empty((1, 3, *pixels.shape[:2]), np.float32)
    for place, plane in enumerate(reversed(cv2.split(pixels))):
        np.multiply(plane, np.float32(1 / (255 * std[place])), out=planes[0, place])
        planes[0, place] -= np.float32(mean[place] / std[place])
    return planes
