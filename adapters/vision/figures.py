"""What a picture is like, in whole numbers: light, contrast, sharpness, focus, noise."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
from numpy.typing import NDArray

from adapters.vision.frame import PictureFrame, Pixels
from application.ports.vision import Frame, InferenceFailed
from domain.body.frame_quality import TILES_ACROSS, TILES_DOWN, Figures

ACROSS = 160
"""Pixels to which a picture is made smaller first: what is left of noise there is little, and of edges much."""
MIDDLE_AT_LEAST, MIDDLE_AT_MOST = (160, 120), (640, 480)
"""Pixels of the middle that is looked at in full size: half of the picture, within these."""
DARK, BURNT = 5, 250
"""Brightness at which nothing can be told any more."""

_NOISE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
"""The difference of two Laplacians: edges vanish in it, noise does not (Immerkaer 1996)."""
_NOISE_GAIN = 6.0
"""The root of the sum of its squares."""
_SOBEL_GAIN = 24.0
"""What a variance of 1 adds to the squared gradient: the sum of the squares of both Sobel kernels."""
_DEVIATION = 0.6745
"""Median of what is normally distributed, without its sign, in standard deviations."""


def figures(frame: Frame) -> Figures:
    """Return a frame's figures. Raises InferenceFailed for a frame without pixels."""
    if not isinstance(frame, PictureFrame):
        raise InferenceFailed(f"a {type(frame).__name__} has no pixels to measure")
    high, wide = frame.pixels.shape[:2]
    size = (ACROSS, max(1, round(high * ACROSS / wide)))
    grey = cv2.cvtColor(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    middle = _middle(frame.pixels)
    noise = _noise(middle)
    tiles = cv2.resize(grey, (TILES_ACROSS, TILES_DOWN), interpolation=cv2.INTER_AREA)
    return Figures(
        brightness=round(float(grey.mean())),
        contrast=round(float(grey.std())),
        sharpness=round(100 * float(np.var(cv2.Laplacian(grey, cv2.CV_32F)))),
        # Of the pixels: the JPEG of two pictures may be one where the pixels are not.
        fingerprint=hashlib.sha256(frame.pixels.data).hexdigest(),
        looks=frame.perceptual_hash,
        dark=round(1_000 * float((grey <= DARK).mean())),
        burnt=round(1_000 * float((grey >= BURNT).mean())),
        focus=max(0, round(_tenengrad(middle) - _SOBEL_GAIN * noise**2)),
        noise=round(100 * noise),
        tiles=tuple(int(tile) for tile in tiles.ravel()),
    )


def _middle(pixels: Pixels) -> NDArray[np.float32]:
    """Return the brightness of the middle, in full size: making it smaller would hide what is a little out of focus."""
    wide, high = (
        min(side, most, max(side // 2, least))
        for side, least, most in zip(pixels.shape[1::-1], MIDDLE_AT_LEAST, MIDDLE_AT_MOST, strict=True)
    )
    top, left = (pixels.shape[0] - high) // 2, (pixels.shape[1] - wide) // 2
    middle = np.ascontiguousarray(pixels[top : top + high, left : left + wide])
    return cv2.cvtColor(middle, cv2.COLOR_BGR2GRAY).astype(np.float32)


def _tenengrad(grey: NDArray[np.float32]) -> float:
    """Return the mean square of the gradient (Tenenbaum; Pertuz 2013, GRA6)."""
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return float((across * across + down * down).mean())


def _noise(grey: NDArray[np.float32]) -> float:
    """Return the standard deviation of the noise; the median, since texture is not noise."""
    differences = np.abs(cv2.filter2D(grey, cv2.CV_32F, _NOISE))[::2, ::2]
    return float(np.median(differences)) / _DEVIATION / _NOISE_GAIN
