"""The pictures of the items on the screen: what the camera gave and the model saw, kept small for as long as shown."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

import cv2
from attrs import frozen

from adapters.vision.annotate import encoded
from adapters.vision.frame import PictureFrame
from application.ports.hardware import Camera
from application.ports.vision import Frame
from domain.deposits.intake.view import MOST_ITEMS_SHOWN, View

FRAMES = 4
"""Frames that are remembered: an item's is the last one before it is decided on."""
PICTURES = 2 * MOST_ITEMS_SHOWN
LONGER_SIDE = 640
"""Pixels of a kept picture."""


@frozen
class Kept:
    """A picture as the page gets it; `width` and `height` are those in which boxes are."""

    jpeg: bytes
    width: int
    height: int


class Pictures:
    """A camera that remembers, and the pictures of what is shown. Safe to use from any thread."""

    def __init__(self, camera: Camera) -> None:
        """Stand before `camera`."""
        self._camera = camera
        self._frames: deque[Frame] = deque(maxlen=FRAMES)
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._guard = threading.Lock()

    def capture(self) -> Frame:
        """Return a fresh frame. Raises CameraFailed."""
        frame = self._camera.capture()
        with self._guard:
            self._frames.append(frame)
        return frame

    def keep(self, view: View) -> None:
        """Keep the pictures of the items in this view."""
        for item in view.items:
            if item.picture is not None:
                self.keep_one(item.picture)

    def keep_one(self, sha256: str) -> None:
        """Keep one of the last pictures, by the SHA-256 of what the camera gave."""
        with self._guard:
            if sha256 in self._kept:
                return
            frame = next((frame for frame in self._frames if frame.sha256 == sha256), None)
        if isinstance(frame, PictureFrame):
            made = small(frame)
            with self._guard:
                self._kept[sha256] = made
                while len(self._kept) > PICTURES:
                    self._kept.popitem(last=False)

    def find(self, sha256: str | None) -> Kept | None:
        """Return a picture by the SHA-256 of what the camera gave, or None when it is not kept (any more)."""
        with self._guard:
            return self._kept.get(sha256 or "")


def small(frame: PictureFrame) -> Kept:
    """Return a frame as a JPEG of at most LONGER_SIDE pixels."""
    pixels = frame.pixels
    tall, wide = pixels.shape[:2]
    by = LONGER_SIDE / max(tall, wide)
    if by < 1:
        pixels = cv2.resize(pixels, (round(wide * by), round(tall * by)), interpolation=cv2.INTER_AREA)
    return Kept(encoded(pixels, ".jpg"), frame.width, frame.height)
