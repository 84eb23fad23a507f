"""A disk that fills up when told, by an SQLite VFS: a write that needs new space is refused."""

from __future__ import annotations

import itertools
from pathlib import Path

import apsw

_numbers = itertools.count()


class FullDisk(apsw.VFS):
    """The default VFS with a bound on the bytes of all files in a folder, once `fill` was called."""

    def __init__(self, folder: Path) -> None:
        self.name = f"full-disk-{next(_numbers)}"
        self.folder = folder
        self.bound: int | None = None
        super().__init__(self.name, "")

    def fill(self) -> None:
        """From now on the files may not grow, except into space that one of them gives up."""
        self.bound = self.used()

    def used(self) -> int:
        # What SQLite maps into memory for its readers (-shm) was taken when the journal was opened.
        return sum(file.stat().st_size for file in self.folder.iterdir() if not file.name.endswith("-shm"))

    def xOpen(self, name, flags):  # noqa: N802
        return _File(self, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, disk: FullDisk, name, flags) -> None:
        self._disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        disk = self._disk
        if disk.bound is not None:
            growth = max(0, offset + len(data) - self.xFileSize())
            if disk.used() + growth > disk.bound:
                raise apsw.FullError("no space left on the simulated disk")
        super().xWrite(data, offset)
