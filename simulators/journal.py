"""A journal in memory, behind the real port, on a disk that can lose power, fill up and fail a sync.

It refuses what the real one refuses: an entry that does not follow, anything after a failure, what is
not an ending on a full disk. `tests/contracts/test_journal.py` holds it to the same contract.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from attrs import define, field

from application.ports.journal import Cursor, JournalDamaged, JournalFailed
from domain.deposits.journal import Entry, Kind, MalformedEntry, follows, place_of, read

ENDINGS = frozenset({Kind.BOOTED, Kind.ITEM_SETTLED, Kind.VISIT_CLOSED})
"""What may still be written when the disk is full."""


class SyncFault(enum.Enum):
    """How the next sync goes wrong: in both cases the machine does not know which it was."""

    KEPT = "kept"
    """The entry reached the disk, and the failure was reported all the same."""
    LOST = "lost"
    """The entry never reached the disk."""


@define
class SimulatedDisk:
    """What lasts: exact bytes in order. It outlives every journal that is opened on it."""

    entries: list[bytes] = field(factory=list)
    acknowledged: Cursor | None = None
    room: int | None = None
    """Entries that still fit apart from the reserve for endings; None: it never fills up."""
    next_sync: SyncFault | None = None


class SimulatedJournal:
    """One opening of a journal on a simulated disk; after a power cut, open the disk again."""

    def __init__(self, disk: SimulatedDisk) -> None:
        """Open the disk. Raises JournalDamaged naming the entry."""
        self._disk = disk
        self._failure: str | None = None
        self._hint = disk.acknowledged
        self._entries: list[Entry] = []
        for place, raw in enumerate(disk.entries, start=1):
            try:
                self._entries.append(read(raw))
            except MalformedEntry as broken:
                raise JournalDamaged(f"entry at place {place}: {broken}") from broken
        self._places = {place_of(entry): place for place, entry in enumerate(self._entries, start=1)}

    def append(self, entry: Entry) -> None:
        """Write the entry durably. Raises BrokenChain before writing, JournalFailed when it may not be there."""
        if self._failure is not None:
            raise JournalFailed(f"nothing is appended until a restart: {self._failure}")
        follows(entry, self.last())
        if self._disk.room is not None:
            if self._disk.room <= 0 and entry.kind not in ENDINGS:
                raise self._failed(f"{entry.kind.value}: the disk is full, what is left is reserved for endings")
            self._disk.room -= 1
        fault, self._disk.next_sync = self._disk.next_sync, None
        if fault is not SyncFault.LOST:
            self._disk.entries.append(entry.raw)
        if fault is not None:
            raise self._failed(f"{entry.kind.value}: the sync failed")
        self._entries.append(entry)
        self._places[place_of(entry)] = len(self._entries)

    def last(self) -> Entry | None:
        """Return the newest entry, or None in a new journal."""
        return self._entries[-1] if self._entries else None

    def open_end(self) -> tuple[Entry, ...]:
        """Return the newest visit's entries from its `visit_opened` on if it is not closed, else nothing."""
        end: list[Entry] = []
        for entry in reversed(self._entries):
            if entry.kind is Kind.VISIT_CLOSED:
                return ()
            if entry.kind is not Kind.BOOTED:
                end.insert(0, entry)
            if entry.kind is Kind.VISIT_OPENED:
                return tuple(end)
        return ()

    def after(self, cursor: Cursor | None, limit: int) -> Sequence[Entry]:
        """Return at most `limit` entries after the cursor. Raises JournalDamaged when it is not held here."""
        if cursor is not None and cursor not in self._places:
            raise JournalDamaged(f"no entry {cursor} in this journal")
        start = 0 if cursor is None else self._places[cursor]
        return self._entries[start : start + limit]

    def holds(self, cursor: Cursor) -> bool:
        """Tell whether the journal holds the cursor's entry, with that hash."""
        return cursor in self._places

    def acknowledge(self, cursor: Cursor) -> None:
        """Remember how far the platform holds the entries; lost by a power cut until the next append's sync."""
        self._hint = cursor

    def acknowledged(self) -> Cursor | None:
        """Return what was last remembered."""
        return self._hint

    def count_after(self, cursor: Cursor | None) -> int:
        """Count the entries that come after the cursor; all of them for None or a place that is not held."""
        return len(self._entries) - (self._places.get(cursor, 0) if cursor else 0)

    def unsent(self) -> int:
        """Count the entries that come after what was acknowledged."""
        return self.count_after(self._hint)

    def power_cut(self) -> SimulatedDisk:
        """Lose what was not synced; the disk that comes back is to be opened anew, this journal is dead."""
        self._failure = "the power was cut"
        return self._disk

    def close(self) -> None:
        """Shut down in good order: the hint reaches the disk."""
        self._disk.acknowledged = self._hint
        self._failure = "the journal is closed"

    def _failed(self, why: str) -> JournalFailed:
        self._failure = why
        return JournalFailed(why)
