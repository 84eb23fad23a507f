"""How a camera makes a picture of what is before it: hands in it, a sensor's noise, and never the same twice."""

from __future__ import annotations

from functools import lru_cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

WIDEST = 1_280
"""Pixels of the longer side that this camera has."""
NOISE = 2.0
"""Standard deviation of a pixel, of 255."""
FLICKER = 0.01
"""By what part the light changes from picture to picture, standard deviation."""
QUALITY = 92
ARM = (118, 140, 186)
"""A sleeve's and hand's colour: blue, green, red."""

Pixels = NDArray[np.uint8]


class Lens:
    """Makes exposures, from a seed."""

    def __init__(self, seed: int) -> None:
        """Draw a field of noise; each exposure takes another part of it."""
        self._chance = Random(seed)
        side = 2 * WIDEST
        noise = np.random.default_rng(seed).normal(0, NOISE, (side, side))
        self._noise = np.round(noise).astype(np.int8)

    def expose(self, seen: bytes, *, hand: bool) -> bytes:
        """Return a picture, JPEG, of what looks like this picture; what is no picture stays as it is."""
        scene = _decoded(seen)
        if scene is None:
            return seen
        high, wide = scene.shape[:2]
        picture = cv2.convertScaleAbs(scene, alpha=1 + self._chance.gauss(0, FLICKER))
        if hand:
            self._reach_in(picture)
        top = self._chance.randrange(self._noise.shape[0] - high)
        left = self._chance.randrange(self._noise.shape[1] - wide)
        noise = self._noise[top : top + high, left : left + wide, None]
        noisy = np.clip(picture.astype(np.int16) + noise, 0, 255).astype(np.uint8)
        done, encoded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        return encoded.tobytes() if done else seen

    def _reach_in(self, picture: Pixels) -> None:
        """Draw an arm from below, and a hand that is never quite still."""
        high, wide = picture.shape[:2]
        at = wide // 2 + self._chance.randrange(-wide // 40, wide // 40 + 1)
        reach = high // 2 + self._chance.randrange(-high // 40, high // 40 + 1)
        cv2.line(picture, (at, high), (at, reach), ARM, wide // 5)
        for finger in range(-2, 3):
            tip = (at + finger * wide // 16, reach - high // 8 + abs(finger) * high // 40)
            cv2.line(picture, (at + finger * wide // 24, reach), tip, ARM, wide // 22)


@lru_cache(maxsize=8)
def _decoded(picture: bytes) -> Pixels | None:
    decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if picture else None
    if decoded is None:
        return None
    scale = WIDEST / max(decoded.shape[:2])
    if scale >= 1:
        return np.asarray(decoded, np.uint8)
    size = (round(decoded.shape[1] * scale), round(decoded.shape[0] * scale))
    return np.asarray(cv2.resize(decoded, size, interpolation=cv2.INTER_AREA), np.uint8)
