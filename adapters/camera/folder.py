"""A folder of picture files that stands in for a camera: each capture is the next picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from application.ports.clock import Random
from application.ports.hardware import CameraFailed
from application.ports.vision import BrokenPicture, Frame

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})


class FolderCamera:
    """Shows the pictures of a folder and its sub-folders, over and over.

    The order is the files' own (sorted), or shuffled anew for every round by `chance`. `open_picture` makes a frame of
    a file. A picture that cannot be read is a failed capture, and the next capture goes on after it.
    """

    def __init__(self, folder: Path, open_picture: Callable[[Path], Frame], *, chance: Random | None = None) -> None:
        """Look for pictures. Raises CameraFailed: no such folder, or no picture in it."""
        try:
            self._files = sorted(
                path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
            )
        except OSError as broken:
            raise CameraFailed(f"picture folder {folder}: {broken.strerror}") from broken
        if not self._files:
            raise CameraFailed(f"picture folder {folder}: there is no picture in it")
        self._open, self._chance = open_picture, chance
        self._round: list[Path] = []
        self._lock = Lock()

    def capture(self) -> Frame:
        """Return the next picture. Raises CameraFailed."""
        with self._lock:
            if not self._round:
                self._round = self._ordered()
            path = self._round.pop(0)
        try:
            return self._open(path)
        except BrokenPicture as broken:
            raise CameraFailed(f"{path.name}: {broken}") from broken

    def _ordered(self) -> list[Path]:
        order = list(self._files)
        if self._chance is not None:
            for last in range(len(order) - 1, 0, -1):  # Fisher and Yates
                other = int(self._chance.fraction() * (last + 1))
                order[last], order[other] = order[other], order[last]
        return order
