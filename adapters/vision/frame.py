"""A frame that holds pixels."""

from __future__ import annotations

import hashlib
from functools import cached_property

import cv2
import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width x 3, blue green red, contiguous."""

QUALITY = 90
"""Of a JPEG that is made here: what is lost is below what a camera's noise hides."""

_SIDE = 32
_KEPT = 8


@frozen(eq=False)
class PictureFrame:
    """One upright picture.

    `width` and `height` are those of the whole picture: every box is in these pixels. `pixels` may hold the picture
    at a smaller size (a 12-megapixel photograph is not decoded in full to be looked at with 224 pixels).
    """

    pixels: Pixels = field(repr=False)
    width: int
    height: int
    sha256: str
    encoded: bytes = field(default=b"", repr=False)
    """What `sha256` is of; empty where nobody has kept it."""

    @property
    def scale(self) -> tuple[float, float]:
        """How many of `pixels` stand for one pixel of the picture: across, down (at most 1)."""
        return self.pixels.shape[1] / self.width, self.pixels.shape[0] / self.height

    @cached_property
    def perceptual_hash(self) -> str:
        """64 bits as 16 hexadecimal digits: near pictures have hashes that differ in few bits."""
        return perceptual_hash(self.pixels)


def frame_of(pixels: Pixels) -> PictureFrame:
    """Make a frame of upright pixels that no file holds: it is encoded as JPEG, and its SHA-256 is that of the JPEG."""
    high, wide = pixels.shape[:2]
    encoded = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1].tobytes()
    return PictureFrame(pixels, wide, high, hashlib.sha256(encoded).hexdigest(), encoded)


def perceptual_hash(pixels: Pixels) -> str:
    """Return the DCT hash: the signs, around their median, of the 64 lowest frequencies of the picture's brightness."""
    grey = cv2.cvtColor(cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    low = cv2.dct(grey.astype(np.float32))[:_KEPT, :_KEPT].ravel()
    # the first is the mean brightness: it would outweigh all others, so the median leaves it out
    return bytes(np.packbits(low > np.median(low[1:]))).hex()
