"""A USB camera by Video4Linux, through OpenCV: compressed pictures (MJPG), fixed light and focus where that is wanted.

What moves by itself (exposure, white balance, focus) makes two pictures of one item differ; a machine has a lamp.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from attrs import define, field, frozen

from adapters.camera.source import Pixels
from application.ports.hardware import CameraFailed

COMPRESSED = "MJPG"
BUFFERS = 2
"""That the driver fills in turn: more would be older."""
BY_HAND, BY_ITSELF = 1, 3
"""V4L2_EXPOSURE_MANUAL and V4L2_EXPOSURE_APERTURE_PRIORITY (linux/v4l2-controls.h); others of UVC are rare."""
EXPOSURE_UNIT_US = 100
"""V4L2_CID_EXPOSURE_ABSOLUTE counts in them."""


@frozen
class Fixed:
    """What a camera may not choose by itself. None: it may."""

    exposure_us: int | None = None
    gain: int | None = None
    white_balance_k: int | None = None
    focus: int | None = None
    """The driver's own number; what it means differs from camera to camera."""

    def controls(self) -> tuple[tuple[str, int, float], ...]:
        """Return OpenCV's properties in the order in which they are set: by hand first, then what."""
        asked: list[tuple[str, int, float]] = []
        if self.exposure_us is None:
            asked += [("exposure", cv2.CAP_PROP_AUTO_EXPOSURE, BY_ITSELF)]
        else:
            asked += [("exposure", cv2.CAP_PROP_AUTO_EXPOSURE, BY_HAND)]
            asked += [("exposure", cv2.CAP_PROP_EXPOSURE, max(1, round(self.exposure_us / EXPOSURE_UNIT_US)))]
        if self.gain is not None:
            asked += [("gain", cv2.CAP_PROP_GAIN, self.gain)]
        asked += [("white_balance", cv2.CAP_PROP_AUTO_WB, float(self.white_balance_k is None))]
        if self.white_balance_k is not None:
            asked += [("white_balance", cv2.CAP_PROP_WB_TEMPERATURE, self.white_balance_k)]
        asked += [("focus", cv2.CAP_PROP_AUTOFOCUS, float(self.focus is None))]
        if self.focus is not None:
            asked += [("focus", cv2.CAP_PROP_FOCUS, self.focus)]
        return tuple(asked)

    def wanted(self) -> frozenset[str]:
        """Return the names of what is fixed."""
        told = {"exposure": self.exposure_us, "gain": self.gain, "white_balance": self.white_balance_k}
        return frozenset(name for name, value in {**told, "focus": self.focus}.items() if value is not None)


FREE = Fixed()
"""The camera chooses."""


@define
class V4l2Source:
    """A Source on a Video4Linux device."""

    device: str
    width: int
    height: int
    fps: int
    fixed: Fixed = FREE
    capture: Callable[[str, int], Any] = cv2.VideoCapture
    _open: Any = field(default=None, init=False)

    @property
    def name(self) -> str:
        """Say which camera it is."""
        return f"camera {self.device}"

    @property
    def waiting(self) -> int:
        """Tell how many pictures may wait, and grow old, while nobody reads."""
        return BUFFERS

    def missing(self) -> str | None:
        """Say why it cannot be had; None: it is there."""
        if not Path(self.device).exists():
            return f"{self.name}: there is no such device"
        if not os.access(self.device, os.R_OK | os.W_OK):
            return f"{self.name}: this user may not open it (group `video`)"
        return None

    def open(self) -> None:
        """Open and set it. Raises CameraFailed."""
        if missing := self.missing():
            raise CameraFailed(missing)
        self._open = self.capture(self.device, cv2.CAP_V4L2)
        if not self._open.isOpened():
            raise CameraFailed(f"{self.name}: it is no camera, or another program has it")
        self._shape()
        self._fix()

    def read(self) -> Pixels:
        """Return the next picture. Raises CameraFailed, also for one of another size."""
        if self._open is None:
            raise CameraFailed(f"{self.name}: it is not open")
        try:
            came, picture = self._open.read()
        except cv2.error as broken:
            raise CameraFailed(f"{self.name}: {broken.err}") from broken
        if not came or picture is None:
            raise CameraFailed(f"{self.name}: it gives no pictures any more (unplugged?)")
        if picture.shape != (self.height, self.width, 3):
            raise CameraFailed(f"{self.name}: {self._not_of_this_size(picture.shape[1], picture.shape[0])}")
        return np.asarray(picture, np.uint8)

    def close(self) -> None:
        """Let it go."""
        if self._open is not None:
            self._open.release()
            self._open = None

    def interrupt(self) -> None:
        """Do nothing: a read ends by itself, with the next picture or after the driver's own ten seconds."""

    def _shape(self) -> None:
        """Ask for format and size: the format first, for it decides which sizes there are."""
        for what, value in (
            (cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*COMPRESSED))),
            (cv2.CAP_PROP_FRAME_WIDTH, float(self.width)),
            (cv2.CAP_PROP_FRAME_HEIGHT, float(self.height)),
            (cv2.CAP_PROP_FPS, float(self.fps)),
            (cv2.CAP_PROP_BUFFERSIZE, float(BUFFERS)),
        ):
            self._open.set(what, value)  # a camera without it takes what is nearest; the size is looked at
        wide, high = (round(self._open.get(what)) for what in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        if (wide, high) != (self.width, self.height):
            raise CameraFailed(f"{self.name}: {self._not_of_this_size(wide, high)}")

    def _fix(self) -> None:
        """Set what is fixed. What is only to be left to the camera may be missing."""
        for name, what, value in self.fixed.controls():
            if not self._open.set(what, value) and name in self.fixed.wanted():
                raise CameraFailed(f"{self.name}: its {name} cannot be fixed: leave it out of the map")

    def _not_of_this_size(self, wide: int, high: int) -> str:
        return f"it gives {wide} x {high} pixels, and the map wants {self.width} x {self.height}"
