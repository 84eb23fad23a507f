"""What a backup says of itself: when it was taken, by which release, and what it must hold, to the byte.

The manifest is written last, so a backup without one is half a backup. Its exact bytes are what the keys in the backup
are sealed to: a manifest that was changed, or that belongs to another backup, opens no keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import asdict, field, frozen

FORMAT = 1


class BackupUnfit(Exception):
    """This is no backup that can be brought back; the message names what is wrong with it."""


@frozen
class Piece:
    """One file of a backup."""

    size: int
    """Bytes."""
    sha256: str


@frozen
class ObjectsHeld:
    """All objects of a backup, as one sum."""

    count: int
    size: int
    """Bytes of all of them."""
    sha256: str
    """Of the lines `bucket/key sha256 size`, sorted: one object more, less or other is another sum."""

    @classmethod
    def of(cls, lines: Iterable[tuple[str, str, int]]) -> ObjectsHeld:
        """Sum up objects by name, hash and size."""
        told = sorted(lines)
        text = "".join(f"{name} {sha256} {size}\n" for name, sha256, size in told)
        return cls(len(told), sum(size for _, _, size in told), hashlib.sha256(text.encode()).hexdigest())


@frozen
class Manifest:
    """What a backup holds."""

    taken_at: int
    """The moment that the database is of, microseconds UTC: what came later is not in it."""
    release: str
    """Of MyRVM, that took it."""
    revision: str
    """Of the database's schema."""
    source: str
    """The engine that it was taken from, with its version."""
    rows: Mapping[str, int] = field(hash=False)
    """By table."""
    database: Piece
    objects: ObjectsHeld | None
    """None: objects are kept safe elsewhere, and were not asked for."""

    def disagreements(self, rows: Mapping[str, int], revision: str) -> list[str]:
        """Say where a copy of the database is not what it should be."""
        found = [] if revision == self.revision else [f"it is at revision {revision}, not {self.revision}"]
        return found + [
            f"{table} has {rows.get(table)} rows, not {self.rows.get(table)}"
            for table in sorted({*rows, *self.rows})
            if rows.get(table) != self.rows.get(table)
        ]


def write(manifest: Manifest) -> bytes:
    """Return the exact bytes of a manifest."""
    told = {"format": FORMAT, **asdict(manifest)}
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=True).encode() + b"\n"


def read(raw: bytes) -> Manifest:
    """Read a manifest. Raises BackupUnfit for what is none, or of a format that this release does not know."""
    try:
        told: dict[str, Any] = json.loads(raw)
        if told.pop("format") != FORMAT:
            raise BackupUnfit("the backup has a format that this release does not know")
        objects = told.pop("objects")
        return Manifest(
            database=Piece(**told.pop("database")),
            objects=None if objects is None else ObjectsHeld(**objects),
            **told,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise BackupUnfit(f"the backup's manifest cannot be read: {broken}") from broken
