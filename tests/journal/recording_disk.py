"""An SQLite VFS that records what reaches the disk and when it was made to last, and the disks that may follow."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import apsw
from attrs import define, field, frozen

SECTOR = 512
_numbers = itertools.count()


@frozen
class Write:
    file: str
    offset: int
    data: bytes = field(repr=False)


@frozen
class Truncate:
    file: str
    size: int


@frozen
class Delete:
    file: str
    lasting: bool
    """Whether the folder was synced with it."""


@frozen
class SyncFolder:
    """The names in the folder were made to last."""


@frozen
class Sync:
    file: str


@frozen
class Acknowledged:
    """So many entries had been acknowledged when this point was passed."""

    entries: int


class RecordingDisk(apsw.VFS):
    """The default VFS, with a record."""

    def __init__(self, folder: Path) -> None:
        self.name = f"recording-{next(_numbers)}"
        self.log: list[object] = []
        super().__init__(self.name, "")

    def mark(self, entries: int) -> None:
        self.log.append(Acknowledged(entries))

    def xOpen(self, name, flags):  # noqa: N802
        return _File(self, name, flags)

    def xDelete(self, filename, syncdir):  # noqa: N802
        self.log.append(Delete(Path(filename).name, bool(syncdir)))
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(self, disk: RecordingDisk, name, flags) -> None:
        self._disk = disk
        self._file = Path(name.filename() if isinstance(name, apsw.URIFilename) else name).name
        super().__init__("", name, flags)

    def xWrite(self, data, offset):  # noqa: N802
        self._disk.log.append(Write(self._file, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize):  # noqa: N802
        self._disk.log.append(Truncate(self._file, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags):  # noqa: N802
        super().xSync(flags)
        self._disk.log.append(Sync(self._file))


@define
class Disk:
    """One state the disk may be in when the power comes back."""

    moment: int
    acknowledged: int
    files: dict[str, bytearray] = field(repr=False)

    def write_to(self, folder: Path) -> None:
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


def possible_disks(log: list[object], chance: random.Random, per_moment: int) -> Iterator[Disk]:
    """For each moment of the record: nothing unsynced arrived, all of it did, and random parts, torn at sectors."""
    lasting: dict[str, bytearray] = {}
    pending: dict[str, list[object]] = {}
    acknowledged = 0
    for moment, what in enumerate(log):
        if isinstance(what, Acknowledged):
            acknowledged = what.entries
        elif isinstance(what, Sync):
            for change in pending.pop(what.file, []):
                _apply(lasting, change)
        elif isinstance(what, SyncFolder):
            for file, changes in pending.items():
                if any(isinstance(change, Delete) for change in changes):
                    lasting.pop(file, None)
                    pending[file] = [change for change in changes if not isinstance(change, Delete)]
        elif isinstance(what, Delete) and what.lasting:
            pending.pop(what.file, None)
            lasting.pop(what.file, None)
        else:
            pending.setdefault(what.file, []).append(what)
        changes = [change for file in pending.values() for change in file]
        fates = [lambda: 0.0, lambda: 1.0] + [chance.random] * max(0, per_moment - 2)
        for fate in fates if changes else fates[:1]:
            files = {name: bytearray(content) for name, content in lasting.items()}
            likely = fate()
            for change in changes:
                _apply_in_part(files, change, chance, likely)
            yield Disk(moment=moment, acknowledged=acknowledged, files=files)


def _apply_in_part(files: dict[str, bytearray], change: object, chance: random.Random, likely: float) -> None:
    if not isinstance(change, Write):
        if chance.random() < likely:
            _apply(files, change)
        return
    start = change.offset
    while start < change.offset + len(change.data):
        end = min(change.offset + len(change.data), (start // SECTOR + 1) * SECTOR)
        if chance.random() < likely:
            _apply(files, Write(change.file, start, change.data[start - change.offset : end - change.offset]))
        start = end


def _apply(files: dict[str, bytearray], change: object) -> None:
    if isinstance(change, Delete):
        files.pop(change.file, None)
        return
    content = files.setdefault(change.file, bytearray())
    if isinstance(change, Truncate):
        del content[change.size :]
        return
    end = change.offset + len(change.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[change.offset : end] = change.data
