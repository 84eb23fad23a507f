"""Reading rows of a journal back as entries, distrustfully; and a whole journal from outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw

from application.ports.journal import JournalDamaged, JournalError
from domain.deposits.journal import BrokenChain, Entry, MalformedEntry, follows, read

COLUMNS = "place, epoch, seq, hash, kind, raw"
LOCK_WAIT_MS = 2_000
"""How long to wait for a reader (`rvm prove`) that happens to hold the file."""


def check(path: Path) -> int:
    """Read the whole journal, check every hash and link, and return how many entries it holds.

    Raises JournalDamaged naming the first entry that is not what was written.
    """
    count = 0
    for _ in entries(path):
        count += 1
    return count


def entries(path: Path) -> Iterator[Entry]:
    """Read a journal from outside, oldest first, each entry checked against the one before.

    Changes nothing, and may run while the machine works. Raises JournalDamaged naming the entry.
    """
    with damage_named(path.name):
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            connection.set_busy_timeout(LOCK_WAIT_MS)
            connection.execute("BEGIN")
            before: Entry | None = None
            due = 1
            for row in connection.execute(f"SELECT {COLUMNS} FROM entries ORDER BY place"):  # noqa: S608
                entry = entry_of(row)
                check_link(entry, before, place=row[0], due=due)
                yield entry
                before, due = entry, due + 1
        finally:
            connection.close()


def check_link(entry: Entry, before: Entry | None, *, place: int, due: int) -> None:
    if place != due:
        raise JournalDamaged(f"entry at place {due} is missing; next comes {entry.id} at {place}")
    try:
        follows(entry, before)
    except BrokenChain as broken:
        raise JournalDamaged(f"entry {entry.id} at place {place}: {broken}") from broken


def entry_of(row: tuple) -> Entry:
    """Read an entry from its row. Raises JournalDamaged when the bytes and the columns differ."""
    place, epoch, seq, known_hash, kind, raw = row
    try:
        entry = read(raw)
    except MalformedEntry as broken:
        raise JournalDamaged(f"entry at place {place} ({kind} {seq} of {epoch}): {broken}") from broken
    if (entry.epoch, entry.seq, entry.hash, entry.kind.value) != (epoch, seq, known_hash, kind):
        raise JournalDamaged(f"entry at place {place} ({kind} {seq} of {epoch}): its bytes are {entry.hash[:12]}…")
    return entry


class damage_named:  # noqa: N801  # reads as a phrase: `with damage_named("opening")`
    """Turns SQLite's own findings of damage into the port's error."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (apsw.CorruptError, apsw.NotADBError)):
            raise JournalDamaged(f"{self._what}: {error}") from error
        if isinstance(error, apsw.Error):
            raise JournalError(f"{self._what}: {error}") from error
