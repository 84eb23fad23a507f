"""From what a camera gives to the upright picture of the chute: turned as it hangs, then cut out."""

from __future__ import annotations

import cv2
import numpy as np
from attrs import field, frozen

from adapters.camera.source import Pixels
from application.ports.hardware import CameraFailed

TURNS = {0: None, 90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
"""What is done to a picture, by the degrees clockwise that it has to be turned."""


@frozen
class View:
    """How a picture becomes upright, and which part of it is the chute: left, top, width, height in upright pixels."""

    turn: int = 0
    region: tuple[int, int, int, int] | None = None
    _turn: int | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Look the turn up. Raises ValueError for one that is none."""
        if self.turn not in TURNS:
            raise ValueError(f"a camera is turned by 0, 90, 180 or 270 degrees, not {self.turn}")
        object.__setattr__(self, "_turn", TURNS[self.turn])

    def of(self, pixels: Pixels) -> Pixels:
        """Return the upright picture, contiguous. Raises CameraFailed where the region is not inside it."""
        upright = pixels if self._turn is None else np.asarray(cv2.rotate(pixels, self._turn), np.uint8)
        if self.region is None:
            return np.ascontiguousarray(upright)
        left, top, wide, high = self.region
        if left + wide > upright.shape[1] or top + high > upright.shape[0]:
            raise CameraFailed(
                f"camera: the region {list(self.region)} is not inside its picture, "
                f"{upright.shape[1]} x {upright.shape[0]} pixels"
            )
        return np.ascontiguousarray(upright[top : top + high, left : left + wide])


WHOLE = View()
"""All of the picture, as the camera gives it."""
