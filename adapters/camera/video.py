"""A video file that stands in for a camera: what is asked for is the picture that plays at this moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock

import cv2
import numpy as np

from adapters.camera.source import Pixels
from adapters.camera.view import WHOLE, View
from application.ports.clock import Clock
from application.ports.hardware import CameraFailed
from application.ports.vision import Frame

MILLISECOND = 1_000


class VideoCamera:
    """The port Camera over a file. It plays by the clock, from the first capture on, by the file's own timestamps.

    Over and over, or once: then the end is a failed capture, as of a camera that was unplugged.
    """

    def __init__(
        self, file: Path, make: Callable[[Pixels], Frame], clock: Clock, *, loop: bool = True, view: View = WHOLE
    ) -> None:
        """`make` makes a frame of upright pixels. Raises CameraFailed for what is no video."""
        self._file, self._make, self._clock, self._loop, self._view = file, make, clock, loop, view
        self._lock = Lock()
        self._video = self._opened()
        self._began: int | None = None
        """When its first picture was shown, microseconds of the clock."""
        self._round_us = 0
        """When what plays now began anew, as all below in microseconds from the beginning."""
        self._last_us = self._step_us = 0
        """When the picture that is shown was due, and how much later than the one before."""
        self._shown: Pixels | None = None
        self._next = self._read()
        """The picture after that, and when it is due."""
        if self._next is None:
            raise CameraFailed(f"video {file}: there is no picture in it")

    def capture(self) -> Frame:
        """Return the picture that plays now. Raises CameraFailed at the end."""
        with self._lock:
            now = self._clock.now().mono
            self._began = now if self._began is None else self._began
            while self._next is not None and self._next[0] <= now - self._began:
                self._step()
            over = self._next is None and now - self._began >= self._last_us + self._step_us
            if over or self._shown is None:
                raise CameraFailed(f"video {self._file.name}: it is over")
            pixels = self._shown
        return self._make(self._view.of(pixels))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._video.release()
            self._shown = self._next = None

    def _step(self) -> None:
        """Go on to the next picture; after the last, to the first if it plays over and over."""
        assert self._next is not None
        due, self._shown = self._next
        self._step_us = due - self._last_us or self._step_us
        self._last_us = due
        self._next = self._read()
        if self._next is None and self._loop:
            self._video.release()
            self._video = self._opened()
            self._round_us = due + max(self._step_us, MILLISECOND)
            self._next = self._read()

    def _read(self) -> tuple[int, Pixels] | None:
        came, picture = self._video.read()
        if not came or picture is None:
            return None
        due = self._round_us + round(self._video.get(cv2.CAP_PROP_POS_MSEC) * MILLISECOND)
        return due, np.asarray(picture, np.uint8)

    def _opened(self) -> cv2.VideoCapture:
        if not self._file.is_file():
            raise CameraFailed(f"video {self._file}: there is no such file")
        video = cv2.VideoCapture(str(self._file), cv2.CAP_FFMPEG)
        if not video.isOpened():
            raise CameraFailed(f"video {self._file}: this is no video that can be played")
        return video
