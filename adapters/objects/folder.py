"""Objects in a folder: one file each, its description in the first line, so that both come and go together.

A file is written under `.partial`, synced, and renamed to its place; then the folders above it are synced. A key's
segments that are folders stand as they are, the last one as `=name`: no key can be in the way of another, and none can
name anything outside (keys have a closed alphabet, `domain/objects/name.py`).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, TypeVar
from urllib.parse import urlencode

from adapters.objects.reading import CheckedBody, PartBody
from adapters.objects.tickets import SECOND, Grant, Tickets
from application.ports.clock import Clock
from application.ports.objects import (
    Body,
    Checked,
    Download,
    Listed,
    NoSuchObject,
    ObjectDamaged,
    ObjectsFailed,
    Readable,
    Stored,
    Upload,
)
from domain.objects.content import Content, ContentDiffers
from domain.objects.name import Bucket, ObjectName, fit_prefix
from domain.objects.policy import LONGEST_TICKET, admit, admit_content

T = TypeVar("T")
PIECE = 1 << 18
"""Bytes that are read and written at a time."""
PARTIAL = ".partial"
LONGEST_LINE = 1_000
"""Bytes of the description."""


class FolderObjects:
    """Objects in a folder, which may be shared by several processes of one computer."""

    def __init__(self, folder: Path, tickets: Tickets, clock: Clock, address: str) -> None:
        """Take where they lie (made with the first one), who signs tickets, the time, and where they are served."""
        self._folder = folder
        self._partial = folder / PARTIAL
        self._tickets = tickets
        self._clock = clock
        self._address = address.rstrip("/")

    def put(self, name: ObjectName, content: Content, body: bytes | Readable) -> Stored:
        """Keep an object."""
        admit_content(name, content)
        source = Checked(BytesIO(body) if isinstance(body, bytes) else body, content)
        return self._keep(Stored(name, content.size, content.media_type, content.sha256, self._now()), source)

    def head(self, name: ObjectName) -> Stored:
        """Return what is known of an object."""
        with self._opened(name) as (stored, _):
            return stored

    @contextmanager
    def get(self, name: ObjectName, first: int = 0, size: int | None = None) -> Iterator[Body]:
        """Open an object."""
        with self._opened(name) as (stored, file):
            if first == 0 and size is None and stored.sha256 is not None:
                yield CheckedBody(stored, file)
            else:
                file.seek(min(first, stored.size), os.SEEK_CUR)
                yield PartBody(stored, file, stored.size if size is None else size)

    def list(self, bucket: Bucket, prefix: str = "") -> Iterator[Listed]:
        """Return the objects whose key begins so, by key."""
        fit_prefix(prefix)
        root = self._folder / bucket.value
        keys = sorted(_key_of(file.relative_to(root)) for file in root.rglob("=*") if file.is_file())
        for key in keys:
            if key.startswith(prefix):
                try:
                    stored = self.head(ObjectName(bucket, key))
                except NoSuchObject:  # gone since
                    continue
                yield Listed(stored.name, stored.size, stored.at)

    def delete(self, name: ObjectName) -> None:
        """Remove an object."""
        path = self._path(name)
        try:
            path.unlink()
            _sync(path.parent)
        except FileNotFoundError:
            return
        except OSError as failed:
            raise ObjectsFailed(f"{name} could not be removed") from failed

    def offer_upload(self, name: ObjectName, size: int, media_type: str, seconds: int) -> Upload:
        """Return a ticket to put an object."""
        admit(name.bucket, size, media_type)
        expires = self._expiry(seconds)
        return Upload(
            self._url(name), self._tickets.write_upload(Grant(name, size, media_type, expires)), expires * SECOND
        )

    def offer_download(self, name: ObjectName, seconds: int) -> Download:
        """Return a ticket to get an object."""
        expires = self._expiry(seconds)
        return Download(f"{self._url(name)}?{urlencode(self._tickets.write_download(name, expires))}", expires * SECOND)

    def sweep(self, before: int) -> int:
        """Remove what broke off."""
        swept = 0
        for file in self._partial.iterdir() if self._partial.exists() else ():
            if file.stat().st_mtime_ns // 1_000 < before:
                file.unlink(missing_ok=True)
                swept += 1
        return swept

    def check(self) -> None:
        """Say nothing if the folder can be written."""
        there = next(folder for folder in (self._partial, *self._partial.parents) if folder.exists())
        if not os.access(there, os.W_OK | os.X_OK):
            raise ObjectsFailed("the folder of objects cannot be written")

    def receive(self, bucket: str, key: str, fields: Mapping[str, str], body: Readable) -> Stored:
        """Keep an upload by ticket: exactly the size it says."""
        now = self._now()
        grant = self._tickets.read_upload(bucket, key, fields, now)
        return self._keep(Stored(grant.name, grant.size, grant.media_type, None, now), body)

    @contextmanager
    def give(self, bucket: str, key: str, fields: Mapping[str, str]) -> Iterator[Body]:
        """Open what a ticket names."""
        with self.get(self._tickets.read_download(bucket, key, fields, self._now())) as body:
            yield body

    # ------------------------------------------------------------ the files

    def _keep(self, stored: Stored, source: Readable) -> Stored:
        """Write aside, sync, put in place, sync. Whatever happens before the rename leaves nothing."""
        path = self._path(stored.name)
        _filed(lambda: self._partial.mkdir(parents=True, exist_ok=True))
        descriptor, aside = _filed(lambda: tempfile.mkstemp(dir=self._partial))
        try:
            with os.fdopen(descriptor, "wb") as file:
                _write(file, _line(stored))
                self._copy(source, file, stored.size)
                _filed(file.flush)
                _filed(lambda: os.fsync(file.fileno()))
            _filed(lambda: _place(Path(aside), path, self._folder))
        finally:
            Path(aside).unlink(missing_ok=True)
        return stored

    @staticmethod
    def _copy(source: Readable, file: IO[bytes], size: int) -> None:
        left = size
        while piece := source.read(min(PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                raise ContentDiffers(f"more than the {size} bytes that were announced")
            _write(file, piece)
        if left:
            raise ContentDiffers(f"{size - left} bytes where {size} were announced")

    @contextmanager
    def _opened(self, name: ObjectName) -> Iterator[tuple[Stored, IO[bytes]]]:
        try:
            file = self._path(name).open("rb")
        except (FileNotFoundError, NotADirectoryError) as missing:
            raise NoSuchObject(str(name)) from missing
        except OSError as failed:
            raise ObjectsFailed(f"{name} cannot be read") from failed
        with file:
            yield _read_line(name, file.readline(LONGEST_LINE)), file

    def _path(self, name: ObjectName) -> Path:
        *folders, last = name.key.split("/")
        return self._folder.joinpath(name.bucket.value, *folders, f"={last}")

    def _url(self, name: ObjectName) -> str:
        return f"{self._address}/{name}"

    def _expiry(self, seconds: int) -> int:
        assert 0 < seconds <= LONGEST_TICKET, seconds
        return self._now() // SECOND + seconds

    def _now(self) -> int:
        return self._clock.now().wall


def _line(stored: Stored) -> bytes:
    """Write the description."""
    said = {"size": stored.size, "sha256": stored.sha256, "media_type": stored.media_type, "at": stored.at}
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def _read_line(name: ObjectName, line: bytes) -> Stored:
    try:
        said = json.loads(line)
        return Stored(name, said["size"], said["media_type"], said["sha256"], said["at"])
    except (ValueError, KeyError, TypeError) as damaged:
        raise ObjectDamaged(f"{name} does not say what it is") from damaged


def _key_of(path: Path) -> str:
    return "/".join([*path.parts[:-1], path.name[1:]])


def _write(file: IO[bytes], piece: bytes) -> None:
    _filed(lambda: file.write(piece))


def _filed(act: Callable[[], T]) -> T:
    """Do something with a file; its error becomes the port's."""
    try:
        return act()
    except OSError as failed:
        raise ObjectsFailed(f"the folder of objects: {failed.strerror}") from failed


def _place(aside: Path, path: Path, root: Path) -> None:
    """Rename into place and make it last: the folder itself, and those above it that may be new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside.replace(path)
    folder = path.parent
    while True:
        _sync(folder)
        if folder == root:
            return
        folder = folder.parent


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
