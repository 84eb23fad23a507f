"""Add up what this machine has taken in, from its own journal: read once at the start, then entry by entry."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from attrs import define, field

from application.ports.journal import Cursor, Journal, JournalError
from application.ports.scheduler import Scheduler
from domain.deposits.bodies import body_of
from domain.deposits.journal import Entry, MalformedEntry, place_of
from domain.deposits.machine_totals import MachineTotals, counted

_log = logging.getLogger(__name__)

AT_ONCE = 500
"""Entries of one reading: the disk is shared with what is being written."""


@define
class AddUp:
    """Keeps the sums. All but `start` and `appended` runs by the scheduler.

    `changed` is told of each new sum, on the deciding thread. A journal that cannot be read leaves the sums as they
    are: they are for show.
    """

    journal: Journal
    scheduler: Scheduler
    changed: Callable[[MachineTotals], None] = lambda _: None
    totals: MachineTotals = field(factory=MachineTotals, init=False)
    _read: Cursor | None = field(default=None, init=False)
    _reading: bool = field(default=False, init=False)
    _again: bool = field(default=False, init=False)

    def start(self) -> None:
        """Begin at the journal's beginning."""
        self.appended()

    def appended(self) -> None:
        """Tell that the journal has a new entry. Safe from any thread."""
        self.scheduler.soon(self._go_on)

    def _go_on(self) -> None:
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        cursor = self._read
        self.scheduler.aside(lambda: self.journal.after(cursor, AT_ONCE), self._add, cost="read")

    def _add(self, entries: Sequence[Entry] | BaseException) -> None:
        self._reading = False
        if isinstance(entries, BaseException):
            if not isinstance(entries, JournalError):
                raise entries
            _log.warning("the sums stay as they are: %s", entries)
            return
        before = self.totals
        for entry in entries:
            try:
                self.totals = counted(self.totals, entry.id, body_of(entry))
            except MalformedEntry as odd:
                _log.warning("an entry that does not count: %s", odd)
            self._read = place_of(entry)
        if self.totals != before:
            self.changed(self.totals)
        if self._again or len(entries) == AT_ONCE:
            self._go_on()
