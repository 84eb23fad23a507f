"""A small file beside the journal that is either the old one or the new one, whatever happens."""

from __future__ import annotations

import os
from pathlib import Path

LARGEST = 256 * 1024
"""Bytes: what is kept is a page of JSON, so anything larger is not ours."""


class Keepsake:
    """The last words of somebody who may be out of reach at the next start."""

    def __init__(self, path: Path) -> None:
        """Take the file's place; its directory is made when something is kept."""
        self._path = path

    def keep(self, content: bytes) -> None:
        """Replace what is kept, durably. Raises OSError when the disk cannot take it; the old one then stays."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(self._path.name + ".new")
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        directory = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def kept(self) -> bytes | None:
        """Return what is kept, or None when there is nothing or it is not ours."""
        try:
            with self._path.open("rb") as file:
                content = file.read(LARGEST + 1)
        except FileNotFoundError:
            return None
        return content if len(content) <= LARGEST else None
