"""The files in which the platform's keys lie, read and replaced each as a whole."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from application.ports.backup import RestoreRefused
from domain.backup.manifest import BackupUnfit

OWNER_ONLY = 0o600


class KeyFiles:
    """Implements `Keys` with files of a folder."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        """Take the folder and the names of the files."""
        self._folder = folder
        self._names = tuple(names)

    def all(self) -> Mapping[str, bytes]:
        """Return them by name. Raises BackupUnfit when one is missing."""
        try:
            return {name: (self._folder / name).read_bytes() for name in self._names}
        except FileNotFoundError as missing:
            raise BackupUnfit(f"there is no platform to back up: {missing.filename} is missing") from missing

    def admit(self, keys: Mapping[str, bytes], *, replace: bool) -> None:
        """Say nothing if these may be brought back. Raises RestoreRefused, BackupUnfit."""
        if set(keys) != set(self._names):
            raise BackupUnfit(f"the backup holds the keys {sorted(keys)}, not {sorted(self._names)}")
        for name, key in keys.items():
            file = self._folder / name
            if file.exists() and file.read_bytes() != key and not replace:
                raise RestoreRefused(f"{file} is the key of another platform; `--replace` gives it up")

    def bring_back(self, keys: Mapping[str, bytes]) -> None:
        """Make these the platform's keys, each whole, readable by their owner only."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, key in keys.items():
            draft = self._folder / f".{name}.restored"
            draft.unlink(missing_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
            with os.fdopen(handle, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / name)
