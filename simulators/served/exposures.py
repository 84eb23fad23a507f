"""The last pictures that were made of items, as files by their SHA-256: what a machine could send of them."""

from __future__ import annotations

import hashlib
from collections import deque
from pathlib import Path

MOST = 400
"""Pictures that are kept: some minutes."""


class Exposures:
    """A folder of pictures. Whoever needs one for longer copies it."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty list; files of an earlier time stay."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._kept: deque[Path] = deque()

    def keep(self, picture: bytes) -> str:
        """Keep one, the oldest goes; return its SHA-256."""
        sha256 = hashlib.sha256(picture).hexdigest()
        file, part = self._folder / f"{sha256}.jpg", self._folder / f"{sha256}.part"
        part.write_bytes(picture)
        part.replace(file)
        self._kept.append(file)
        if len(self._kept) > MOST:
            self._kept.popleft().unlink(missing_ok=True)
        return sha256
