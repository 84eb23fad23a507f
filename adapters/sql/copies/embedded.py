"""The embedded store: copied by SQLite's own online backup, brought back by renaming."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from adapters.sql.copies.file import as_one_file, bring_up, look_at
from application.ports.backup import Copied, RestoreRefused
from application.ports.unit_of_work import StoreError
from domain.backup.manifest import BackupUnfit


class EmbeddedCopies:
    """Implements `StoreCopies` for a file."""

    def __init__(self, file: Path) -> None:
        """Take the file; there may be none yet."""
        self._file = file

    def copy_to(self, place: str) -> Copied:
        """Copy the file while it is written to: SQLite sees to it that the copy is of one moment."""
        if not self._file.is_file():
            raise BackupUnfit(f"there is no platform to back up: {self._file} is missing")
        try:
            with closing(sqlite3.connect(self._file)) as source, closing(sqlite3.connect(place)) as copy:
                source.backup(copy)
        except sqlite3.Error as failed:
            raise StoreError(f"{self._file} could not be copied: {failed}") from failed
        as_one_file(Path(place))
        return look_at(Path(place))

    def look_at(self, place: str) -> Copied:
        """Read a copy and check it."""
        return look_at(Path(place))

    def admit(self, *, replace: bool) -> None:
        """Say nothing if a copy may be brought back."""
        if not self._file.exists():
            return
        if not replace:
            raise RestoreRefused(f"{self._file} is a platform's database; `--replace` gives it up")
        if _in_use(self._file):
            raise RestoreRefused(f"{self._file} is in use: stop the platform first")

    def bring_back(self, place: str) -> None:
        """Make a copy beside the file, bring it to this release's revision, and rename it."""
        draft = self._file.with_name(f".{self._file.name}.restored")
        try:
            draft.unlink(missing_ok=True)
            shutil.copyfile(place, draft)
            bring_up(draft)
            _sync(draft)
            # The log of the database that goes must not be read into the one that comes.
            for log in ("-wal", "-shm"):
                self._file.with_name(self._file.name + log).unlink(missing_ok=True)
            draft.replace(self._file)
            _sync(self._file.parent)
        except OSError as failed:
            raise StoreError(f"{self._file} could not be written: {failed.strerror}") from failed


def _in_use(file: Path) -> bool:
    """Whether anybody has the file open: then it cannot be locked for oneself alone."""
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            connection.execute("BEGIN EXCLUSIVE")
            connection.rollback()
        except sqlite3.OperationalError:
            return True
        except sqlite3.DatabaseError:  # damaged: nobody uses that
            return False
    return False


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
