"""A USB camera below OpenCV's `VideoCapture`, with the habits of its Video4Linux backend (videoio, cap_v4l.cpp).

What is asked for is not what is got: a size that the camera has not becomes the nearest, and `set` says true; a control
that it has not says false. Pictures wait in the driver's few buffers and grow old there. Once unplugged, a capture
gives nothing for ever: plugged in again, the device must be opened anew. Two cannot have it at once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping

import cv2
import numpy as np
from attrs import define, field
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
SIZES = ((320, 240), (640, 480), (1_280, 720), (1_920, 1_080))
MOST_BUFFERS = 10
BUFFERS = 4
SELECT_S = 10.0
"""So long OpenCV waits for a picture."""

CONTROLS: Mapping[int, tuple[float, float]] = {
    cv2.CAP_PROP_AUTO_EXPOSURE: (1, 3), cv2.CAP_PROP_EXPOSURE: (3, 2_047), cv2.CAP_PROP_GAIN: (0, 255),
    cv2.CAP_PROP_AUTO_WB: (0, 1), cv2.CAP_PROP_WB_TEMPERATURE: (2_000, 6_500), cv2.CAP_PROP_AUTOFOCUS: (0, 1),
    cv2.CAP_PROP_FOCUS: (0, 250),
}  # fmt: skip
"""What a Logitech C920 has, and from where to where."""


@define
class UsbCamera:
    """The camera itself: what it sees, and whether its plug is in. `sees` makes a picture of a width and a height."""

    sees: Callable[[int, int], Pixels]
    frame_s: float = 0.005
    controls: Mapping[int, tuple[float, float]] = CONTROLS
    set_to: dict[int, float] = field(factory=dict)
    """What its controls were set to last."""
    hangs: bool = False
    """Whether it stays plugged in and gives nothing."""
    opened: int = 0
    """How many times it was opened."""
    plugs: int = 0
    """How many times its plug was put in."""
    plugged: bool = True
    held: bool = False

    def unplug(self) -> None:
        """Pull the plug."""
        self.plugged = False

    def plug(self) -> None:
        """Put it in again."""
        self.plugged = True
        self.plugs += 1

    def capture(self, device: str, backend: int) -> Capture:
        """Open it as `cv2.VideoCapture(device, backend)` does."""
        if backend != cv2.CAP_V4L2 or not device.startswith("/"):
            raise ValueError(f"this stands in for Video4Linux by a device's name, not for {device!r} by {backend}")
        return Capture(self)


class Capture:
    """What OpenCV opens. One thread uses it."""

    def __init__(self, camera: UsbCamera) -> None:
        """Open the device, where it is there and nobody has it."""
        self._camera = camera
        self._open = camera.plugged and not camera.held
        self._plugs = camera.plugs
        self._size = 640, 480
        self._wide = 640
        self._buffers = BUFFERS
        self._waits: deque[Pixels] = deque()
        """Filled buffers, the oldest first."""
        self._changed = threading.Condition()
        self._driver: threading.Thread | None = None
        if self._open:
            camera.held = True
            camera.opened += 1

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        """Tell whether it is open."""
        return self._open

    def set(self, what: int, value: float) -> bool:
        """Set a property; a value that the camera has not is clamped by the driver."""
        if not self._open:
            return False
        if what == cv2.CAP_PROP_FRAME_WIDTH:
            self._wide = round(value)
            return True
        if what == cv2.CAP_PROP_FRAME_HEIGHT:
            wanted = self._wide * round(value)
            self._size = min(SIZES, key=lambda size: abs(size[0] * size[1] - wanted))
            self._waits.clear()
            return True
        if what == cv2.CAP_PROP_BUFFERSIZE:
            if not 1 <= value <= MOST_BUFFERS:
                return False
            self._buffers = round(value)
            return True
        if what in (cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FPS):
            return True
        if what not in self._camera.controls:
            return False
        low, high = self._camera.controls[what]
        self._camera.set_to[what] = min(high, max(low, value))
        return True

    def get(self, what: int) -> float:
        """Return a property; -1 for one that it has not."""
        known = {cv2.CAP_PROP_FRAME_WIDTH: self._size[0], cv2.CAP_PROP_FRAME_HEIGHT: self._size[1]}
        return float(known.get(what, self._camera.set_to.get(what, -1.0))) if self._open else 0.0

    def read(self) -> tuple[bool, Pixels | None]:
        """Return the oldest picture of the driver's buffers, which are filled again meanwhile."""
        if not self._open:
            return False, None
        if self._driver is None:
            self._driver = threading.Thread(target=self._fill, name="usb camera", daemon=True)
            self._driver.start()
        with self._changed:
            self._changed.wait_for(lambda: self._waits or not self._gives, SELECT_S)
            if not self._gives or not self._waits:
                return False, None
            return True, self._waits.popleft()

    def release(self) -> None:
        """Let the device go."""
        with self._changed:
            if self._open:
                self._camera.held = False
            self._open = False
            self._changed.notify_all()

    @property
    def _gives(self) -> bool:
        """Whether this capture's plug is still the one that it was opened with."""
        return self._open and self._camera.plugged and self._camera.plugs == self._plugs

    def _fill(self) -> None:
        """Fill the buffers that are free at the camera's pace: with none, the pictures in them grow old."""
        with self._changed:
            while self._gives:
                if len(self._waits) < self._buffers and not self._camera.hangs:
                    self._waits.append(self._camera.sees(*self._size))
                    self._changed.notify_all()
                self._changed.wait(self._camera.frame_s)
            self._changed.notify_all()
