"""Space held for what must still be written when the disk is full."""

from __future__ import annotations

import os
from pathlib import Path

SIZE = 256 * 1024
"""Bytes. An ending writes 3 to 6 pages to the log and as many to the database: a `booted`, an
`item_settled` and a `visit_closed` together need less than 150 KiB."""


class Ballast:
    """A file of real bytes that is given up when space is needed."""

    def __init__(self, path: Path) -> None:
        """Take the file's place; `make` makes it."""
        self._path = path

    def make(self) -> bool:
        """Make the file if it is not whole. Returns False when the disk has no room for it."""
        try:
            if self._path.exists() and self._path.stat().st_size == SIZE:
                return True
            # Written, not only lengthened: a file with holes holds no space.
            with self._path.open("wb") as file:
                file.write(os.urandom(SIZE))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        return True

    def release(self) -> None:
        """Give the space up."""
        self._path.unlink(missing_ok=True)
