"""The journal port on SQLite: write-ahead log, synchronous=FULL, one process at a time.

The laws of this file:

- A row is the entry's exact bytes; every other column is read from them and checked against them.
- When `append` returns, the entry is on the disk. When it raises JournalFailed, nobody knows, and
  nothing is appended until the journal is opened again.
- Giving an accepted item its end must not fail for want of space: a ballast file holds the place.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import apsw

from adapters.journal.ballast import Ballast
from adapters.journal.lock import Lock
from adapters.journal.reading import COLUMNS, LOCK_WAIT_MS, check_link, damage_named, entry_of
from application.ports.journal import Cursor, JournalDamaged, JournalFailed
from domain.deposits.journal import Entry, Kind, follows

CHECKED_ON_OPENING = 64
"""So many of the newest entries are read and checked against their chain when the journal is opened."""
PAGES_PER_CHECKPOINT = 128
"""The log is folded into the database when it is longer than this: 512 KiB."""

ENDINGS = frozenset({Kind.BOOTED, Kind.ITEM_SETTLED, Kind.VISIT_CLOSED})
"""What may still be written when the disk is full: these only end what was begun."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    place INTEGER PRIMARY KEY,
    epoch TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    hash  TEXT NOT NULL,
    kind  TEXT NOT NULL,
    raw   BLOB NOT NULL,
    UNIQUE (epoch, seq)
) STRICT;
CREATE TABLE IF NOT EXISTS acknowledged (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    epoch TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    hash  TEXT NOT NULL
) STRICT;
PRAGMA user_version = 1;
"""
_INSERT = "INSERT INTO entries (place, epoch, seq, hash, kind, raw) VALUES (?, ?, ?, ?, ?, ?)"


class ApswJournal:
    """A machine's journal in a file. Safe to call from any thread; one process at a time holds it."""

    def __init__(self, path: Path, *, vfs: str | None = None) -> None:
        """Open the journal, or make a new one.

        Raises JournalError when another process has it, JournalFailed when the disk cannot take it, and
        JournalDamaged naming the entry when what the disk holds is not what was written.
        """
        self._path = path
        self._guard = threading.RLock()
        self._failure: str | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock(path.with_name(path.name + ".lock"))
        try:
            self._connection = _connect(path, vfs)
            self._last, self._place = _tail(self._connection)
        except BaseException:
            self._lock.release()
            raise
        self._ballast = Ballast(path.with_name(path.name + ".ballast"))
        self._reserved = self._ballast.make()

    def append(self, entry: Entry) -> None:
        """Write the entry durably. Raises BrokenChain before writing, JournalFailed when it may not be there."""
        with self._guard:
            if self._failure is not None:
                raise JournalFailed(f"nothing is appended until a restart: {self._failure}")
            follows(entry, self._last)
            if not self._reserved and entry.kind not in ENDINGS:
                raise self._failed(f"{entry.kind.value}: the disk is full, what is left is reserved for endings")
            try:
                self._insert(entry)
            except apsw.FullError as full:
                self._insert_into_the_reserve(entry, full)
            except apsw.Error as broken:
                raise self._failed(f"{entry.kind.value}: {broken}") from broken
            self._last, self._place = entry, self._place + 1

    def last(self) -> Entry | None:
        """Return the newest entry, or None in a new journal."""
        with self._guard:
            return self._last

    def open_end(self) -> tuple[Entry, ...]:
        """Return the newest visit's entries from its `visit_opened` on if it is not closed, else nothing."""
        with self._guard, damage_named("the open end"):
            opened = self._newest(Kind.VISIT_OPENED)
            if opened is None or opened < (self._newest(Kind.VISIT_CLOSED) or 0):
                return ()
            rows = self._connection.execute(
                f"SELECT {COLUMNS} FROM entries WHERE place >= ? AND kind <> ? ORDER BY place",  # noqa: S608
                (opened, Kind.BOOTED.value),
            )
            return tuple(entry_of(row) for row in rows)

    def after(self, cursor: Cursor | None, limit: int) -> Sequence[Entry]:
        """Return at most `limit` entries after the cursor. Raises JournalDamaged when it is not held here."""
        with self._guard, damage_named("reading on"):
            place = 0 if cursor is None else self._find(cursor)
            if place is None:
                raise JournalDamaged(f"no entry {cursor} in this journal")
            rows = self._connection.execute(
                f"SELECT {COLUMNS} FROM entries WHERE place > ? ORDER BY place LIMIT ?",  # noqa: S608
                (place, limit),
            )
            return [entry_of(row) for row in rows]

    def holds(self, cursor: Cursor) -> bool:
        """Tell whether the journal holds the cursor's entry, with that hash."""
        with self._guard, damage_named("looking for a cursor"):
            return self._find(cursor) is not None

    def acknowledge(self, cursor: Cursor) -> None:
        """Remember how far the platform holds the entries: a hint, so a disk that cannot take it is no failure."""
        with self._guard:
            try:
                self._connection.execute(
                    "INSERT OR REPLACE INTO acknowledged VALUES (1, ?, ?, ?)", (cursor.epoch, cursor.seq, cursor.hash)
                )
            except apsw.FullError:
                return
            except apsw.Error as broken:
                self._failed(f"acknowledge: {broken}")

    def acknowledged(self) -> Cursor | None:
        """Return what was last remembered."""
        with self._guard, damage_named("what was acknowledged"):
            row = self._connection.execute("SELECT epoch, seq, hash FROM acknowledged").fetchone()
            return None if row is None else Cursor(*row)

    def count_after(self, cursor: Cursor | None) -> int:
        """Count the entries that come after the cursor; all of them for None or a place that is not held."""
        with self._guard, damage_named("counting"):
            return self._place - ((self._find(cursor) or 0) if cursor else 0)

    def unsent(self) -> int:
        """Count the entries that come after what was acknowledged."""
        return self.count_after(self.acknowledged())

    def close(self) -> None:
        """Close the file, so that it can be opened again."""
        with self._guard:
            self._failure = self._failure or "the journal is closed"
            try:
                # Closing folds the log into the database; a disk that cannot take that leaves the log: as good.
                with contextlib.suppress(apsw.Error):
                    self._connection.close()
            finally:
                self._lock.release()

    def _insert(self, entry: Entry) -> None:
        row = (self._place + 1, entry.epoch, entry.seq, entry.hash, entry.kind.value, entry.raw)
        self._connection.execute(_INSERT, row)

    def _insert_into_the_reserve(self, entry: Entry, full: apsw.Error) -> None:
        """Write an ending into the space that the ballast held; SQLite undid the write that was refused."""
        if entry.kind not in ENDINGS or not self._reserved:
            raise self._failed(f"{entry.kind.value}: {full}") from full
        self._ballast.release()
        self._reserved = False
        try:
            self._insert(entry)
        except apsw.Error as broken:
            raise self._failed(f"{entry.kind.value}: {broken}") from broken

    def _failed(self, why: str) -> JournalFailed:
        self._failure = why
        return JournalFailed(f"{self._path.name}: {why}")

    def _newest(self, kind: Kind) -> int | None:
        newest: int | None = self._connection.execute(
            "SELECT max(place) FROM entries WHERE kind = ?", (kind.value,)
        ).get
        return newest

    def _find(self, cursor: Cursor) -> int | None:
        row = self._connection.execute(
            "SELECT place FROM entries WHERE epoch = ? AND seq = ? AND hash = ?",
            (cursor.epoch, cursor.seq, cursor.hash),
        ).fetchone()
        return None if row is None else row[0]


def _connect(path: Path, vfs: str | None) -> apsw.Connection:
    try:
        connection = apsw.Connection(str(path), vfs=vfs)
        connection.set_busy_timeout(LOCK_WAIT_MS)
        if connection.pragma("journal_mode", "wal") != "wal":
            raise JournalFailed(f"{path}: this file system cannot hold a write-ahead log")
        connection.pragma("synchronous", "full")
        connection.wal_autocheckpoint(PAGES_PER_CHECKPOINT)
        if connection.pragma("user_version") == 0:
            with connection:
                connection.execute(_SCHEMA)
            _sync_directory(path.parent)
        return connection
    except (apsw.CorruptError, apsw.NotADBError) as damaged:
        raise JournalDamaged(f"{path.name}: {damaged}") from damaged
    except apsw.Error as broken:
        raise JournalFailed(f"{path.name}: {broken}") from broken


def _sync_directory(directory: Path) -> None:
    """Make the files' names durable, not only what is in them."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tail(connection: apsw.Connection) -> tuple[Entry | None, int]:
    """Return the newest entry and its place, with the newest ones checked."""
    with damage_named("opening"):
        rows: list[tuple] = connection.execute(
            f"SELECT {COLUMNS} FROM entries ORDER BY place DESC LIMIT ?",  # noqa: S608
            (CHECKED_ON_OPENING + 1,),
        ).fetchall()
        rows.reverse()
        before: Entry | None = None
        place = 0
        for row in rows:
            entry = entry_of(row)
            if before is not None or row[0] == 1:
                check_link(entry, before, place=row[0], due=place + 1)
            before, place = entry, row[0]
        return before, place
