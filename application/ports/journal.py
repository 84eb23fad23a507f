"""The machine's journal: durable before anybody sees it or a motor turns on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.deposits.journal import Cursor, Entry

__all__ = ["Cursor", "Journal", "JournalDamaged", "JournalError", "JournalFailed"]


class JournalError(Exception):
    """The journal could not do it; the message names what and why."""


class JournalFailed(JournalError):
    """Disk full or a failed sync: the entry may or may not be there, so nothing is appended until a restart."""


class JournalDamaged(JournalError):
    """What the disk holds is not what was written: a hash, a link or the encoding does not fit."""


class Journal(Protocol):
    """One machine's entries in the order they were written. Append only."""

    def append(self, entry: Entry) -> None:
        """Write the entry durably (on disk when this returns). Raises JournalFailed; BrokenChain before writing."""

    def last(self) -> Entry | None:
        """Return the newest entry, or None in a new journal. Raises JournalDamaged."""

    def open_end(self) -> tuple[Entry, ...]:
        """Return the newest visit's entries from its `visit_opened` on if it is not closed, else nothing."""

    def after(self, cursor: Cursor | None, limit: int) -> Sequence[Entry]:
        """Return at most `limit` entries that come after the cursor, over epochs; from the start for None.

        Raises JournalDamaged when the journal does not hold the cursor's entry with that hash, or when one
        of the entries is not what was written.
        """

    def holds(self, cursor: Cursor) -> bool:
        """Tell whether the journal holds the cursor's entry, with that hash."""

    def acknowledge(self, cursor: Cursor) -> None:
        """Remember how far the platform holds the entries (a hint for the start; need not be durable)."""

    def acknowledged(self) -> Cursor | None:
        """Return what was last remembered."""

    def count_after(self, cursor: Cursor | None) -> int:
        """Count the entries that come after the cursor; all of them for None or a place that is not held."""

    def unsent(self) -> int:
        """Count the entries that come after what was acknowledged."""
