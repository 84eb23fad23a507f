"""The photographs that people bring, and those that were inserted."""

import hashlib
import os
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

PACKAGED = Path(__file__).parent / "pictures"
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


CONTAINERS = {"glass", "metal", "plastic"}
CONTAINERS_MORE = 4
"""So many times as often as any other class, people bring a class of containers."""


class NoPictures(Exception):
    """There is no photograph in the folder."""


def find(folder: Path | None) -> list[Path]:
    """Every photograph in a folder and those below it, in one order. Raises NoPictures."""
    where = folder or PACKAGED
    found = sorted(file for file in where.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
    if not found:
        raise NoPictures(f"no photograph (JPEG, PNG or WebP) in {where}")
    return found


class Supply:
    """Photographs one after the other, all of them before one comes again, in an order from the seed.

    Folders are classes. Most of what people bring are containers, and a big class does not crowd out a small one.
    """

    def __init__(self, files: Sequence[Path], seed: int) -> None:
        self._chance = random.Random(f"pictures {seed}")  # noqa: S311 (chance from a seed is the point)
        self._classes: dict[Path, list[Path]] = {}
        for file in files:
            self._classes.setdefault(file.parent, []).append(file)
        self._left: dict[Path, list[Path]] = {folder: [] for folder in self._classes}

    def next(self) -> Path:
        """The next photograph."""
        folders = sorted(self._classes)
        weights = [CONTAINERS_MORE if folder.name in CONTAINERS else 1 for folder in folders]
        (folder,) = self._chance.choices(folders, weights)
        if not self._left[folder]:
            self._left[folder] = self._chance.sample(self._classes[folder], len(self._classes[folder]))
        return self._left[folder].pop()


class Album:
    """The pictures that were put into machines, each once, by the SHA-256 of its bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, picture: bytes) -> str:
        """Keep a picture and return its SHA-256."""
        sha256 = hashlib.sha256(picture).hexdigest()
        file = self._file(sha256)
        if not file.exists():
            # Whole or not at all: a reader may come at any time.
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            with os.fdopen(handle, "wb") as part:
                part.write(picture)
            Path(name).replace(file)
        return sha256

    def file(self, sha256: str) -> Path | None:
        """The file of a picture, if it was kept."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            return None
        file = self._file(sha256)
        return file if file.is_file() else None

    def _file(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.jpg"


_KINDS = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}


def kind_of(file: Path) -> str:
    """The media type of a picture, by its first bytes: whatever was inserted was read as a picture before."""
    with file.open("rb") as start:
        return _KINDS.get(start.read(2), "application/octet-stream")
