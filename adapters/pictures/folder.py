"""The picture store as a folder: one file a picture, named by its SHA-256."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
from pathlib import Path

from application.ports.pictures import NoSuchPicture, PictureDamaged, PictureError, PictureNotKept
from domain.pictures.retention import KeptPicture

RESERVE = 64 << 20
"""Bytes of the disk that pictures leave free: the journal needs some, and goes before them."""
PART = ".part"

_NAME = re.compile(r"[0-9a-f]{64}")


class FolderPictures:
    """A PictureStore. One process at a time; whoever looks from outside sees whole pictures only."""

    def __init__(self, folder: Path, *, reserve: int = RESERVE) -> None:
        """Take the folder; it is made when something is kept. What a power cut left half-written goes."""
        self._folder, self._reserve = folder, reserve
        self._guard = threading.RLock()
        self._taken: int | None = None
        """Bytes of all; None until they were looked through."""
        if folder.is_dir():
            for part in folder.glob("*" + PART):
                part.unlink(missing_ok=True)

    def keep(self, sha256: str, picture: bytes) -> None:
        """Keep a picture, whole and durably. Raises PictureNotKept."""
        if hashlib.sha256(picture).hexdigest() != sha256:
            raise PictureNotKept(f"{len(picture)} bytes are not the picture {sha256[:12]}")
        path = self._path(sha256)
        part = path.with_name(sha256 + PART)
        with self._guard:
            try:
                if path.is_file() and path.stat().st_size == len(picture):
                    return
                self._make()
                self._leave_room(len(picture))
                with part.open("wb") as file:
                    file.write(picture)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
                _sync(self._folder)
                if self._taken is not None:
                    self._taken += len(picture)
            except OSError as broken:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
                raise PictureNotKept(f"{sha256[:12]}: {broken}") from broken

    def read(self, sha256: str) -> bytes:
        """Return a picture. Raises NoSuchPicture, PictureDamaged."""
        try:
            picture = self._path(sha256).read_bytes()
        except FileNotFoundError as missing:
            raise NoSuchPicture(f"{sha256[:12]} is not kept here") from missing
        except OSError as broken:
            raise PictureDamaged(f"{sha256[:12]}: {broken}") from broken
        if hashlib.sha256(picture).hexdigest() != sha256:
            raise PictureDamaged(f"{sha256[:12]}: its bytes are others")
        return picture

    def holds(self, sha256: str) -> bool:
        """Tell whether a picture is kept, without reading it."""
        return bool(_NAME.fullmatch(sha256)) and (self._folder / sha256).is_file()

    def taken(self) -> int:
        """Return the bytes that all pictures take together. Raises PictureError."""
        with self._guard:
            if self._taken is None:
                self._taken = sum(one.size for one in self.kept())
            return self._taken

    def kept(self) -> tuple[KeptPicture, ...]:
        """Return what is kept, the oldest first."""
        found: list[KeptPicture] = []
        try:
            with os.scandir(self._folder) as files:
                for file in files:
                    if _NAME.fullmatch(file.name) and file.is_file():
                        seen = file.stat()
                        found.append(KeptPicture(file.name, seen.st_size, seen.st_mtime_ns // 1_000))
        except FileNotFoundError:
            return ()
        except OSError as broken:
            raise PictureError(f"{self._folder}: {broken}") from broken
        return tuple(sorted(found, key=lambda one: (one.at, one.sha256)))

    def drop(self, sha256: str) -> None:
        """Let a picture go, if it is there. Raises PictureError."""
        path = self._path(sha256)
        with self._guard:
            try:
                size = path.stat().st_size
                path.unlink()
            except FileNotFoundError:
                return
            except OSError as broken:
                raise PictureError(f"{sha256[:12]}: {broken}") from broken
            if self._taken is not None:
                self._taken -= size

    def _path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise NoSuchPicture(f"{sha256[:80]!r} is no SHA-256")
        return self._folder / sha256

    def _make(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True)
            _sync(self._folder.parent)

    def _leave_room(self, size: int) -> None:
        disk = os.statvfs(self._folder)
        if disk.f_bavail * disk.f_frsize - size < self._reserve:
            raise OSError(f"less than {self._reserve >> 20} MiB of the disk would stay free")


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
