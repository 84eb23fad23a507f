"""One process at a time: two agents on one journal would make two machines of one."""

from __future__ import annotations

import fcntl
from pathlib import Path

from application.ports.journal import JournalError


class Lock:
    """An advisory lock that the kernel drops when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises JournalError when another holds it."""
        self._file = path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            self._file.close()
            raise JournalError(f"{path.name}: another process writes this journal") from held

    def release(self) -> None:
        """Let the next one in."""
        self._file.close()
