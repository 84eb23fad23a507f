"""A backup in a folder: it is filled beside its place under another name, synced, and renamed when it is whole.

Everything in it can be read by its owner only. Whoever finds `.NAME.unfinished` finds a backup that was broken off.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from application.ports.objects import Objects
from domain.backup.manifest import BackupUnfit, Piece

OWNER_ONLY = 0o600
_AT_ONCE = 1 << 20


class FolderArchive:
    """One backup. `objects` keeps its objects, in `objects_folder` of the folder that is read or filled."""

    def __init__(self, folder: Path, objects: Objects, final: Path | None = None) -> None:
        """Take a folder; `final` is what it is called once it is finished. None for a backup that is."""
        self._folder = folder
        self._final = final
        self.objects = objects

    @staticmethod
    def begin(final: Path) -> Path:
        """Make an empty folder to be filled, and return it. Raises BackupUnfit when something is there already."""
        if final.exists():
            raise BackupUnfit(f"{final} is there already: name a new folder")
        folder = final.with_name(f".{final.name}.unfinished")
        final.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        return folder

    def place(self, name: str) -> str:
        """Return the path of one of its files."""
        return str(self._folder / name)

    def piece(self, name: str) -> Piece:
        """Read a file to its end. Raises BackupUnfit when it is not there, or cannot be read."""
        summed, size = hashlib.sha256(), 0
        try:
            with (self._folder / name).open("rb") as file:
                while read := file.read(_AT_ONCE):
                    summed.update(read)
                    size += len(read)
        except OSError as failed:
            raise BackupUnfit(self._lacks(name, failed)) from failed
        return Piece(size, summed.hexdigest())

    def keep(self, name: str, content: bytes) -> None:
        """Write a small file."""
        handle = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(content)

    def content(self, name: str) -> bytes:
        """Return a small file. Raises BackupUnfit when it is not there, or cannot be read."""
        try:
            return (self._folder / name).read_bytes()
        except OSError as failed:
            raise BackupUnfit(self._lacks(name, failed)) from failed

    def finish(self) -> None:
        """Sync its files and let it appear under its own name."""
        if self._final is None:
            raise BackupUnfit(f"{self._folder} is finished")
        for name in sorted(self._folder.iterdir()):
            _sync(name)
        _sync(self._folder)
        self._folder.rename(self._final)
        _sync(self._final.parent)
        self._folder, self._final = self._final, None

    def discard(self) -> None:
        """Remove what was begun and not finished."""
        if self._final is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _lacks(self, name: str, failed: OSError) -> str:
        if isinstance(failed, FileNotFoundError):
            return f"{self._folder} is no whole backup: {name} is missing"
        return f"{self._folder}: {name} cannot be read: {failed.strerror}"


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
