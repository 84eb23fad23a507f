"""The mark that a restore was begun: an empty file beside the platform's data."""

from __future__ import annotations

import os
from pathlib import Path

NAME = "restore-unfinished"


class RestoreUnfinished(Exception):
    """A restore was begun here and not ended: the same command again ends it."""


class FileMark:
    """Implements `Mark` with a file in a folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of the platform's data."""
        self._folder = folder

    @property
    def there(self) -> bool:
        """Whether a restore was begun and not ended."""
        return (self._folder / NAME).exists()

    def refuse(self) -> None:
        """Say nothing if no restore is under way. Raises RestoreUnfinished."""
        if self.there:
            raise RestoreUnfinished(f"{self._folder}: a restore was begun and not ended; run it again")

    def set(self) -> None:
        """Set the mark, lasting."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / NAME).touch()
        self._sync()

    def clear(self) -> None:
        """Take the mark away, lasting."""
        (self._folder / NAME).unlink(missing_ok=True)
        self._sync()

    def _sync(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
