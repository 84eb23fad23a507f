"""Gives a body its place, time and id, and makes it durable."""

from __future__ import annotations

from application.ports.clock import Clock, IdSource
from application.ports.journal import Journal
from domain.deposits.bodies import Body, kind_of, written
from domain.deposits.journal import NO_HASH, Entry, write


class EntryWriter:
    """Writes the entries of one boot, one after the other. Not for two threads at once."""

    def __init__(self, journal: Journal, clock: Clock, ids: IdSource, *, machine: str, boot: str) -> None:
        """`boot` names the epoch that the entries belong to."""
        self._journal, self._clock, self._ids = journal, clock, ids
        self._machine, self._boot = machine, boot

    def write(self, body: Body) -> Entry:
        """Append the body as the next entry; it is durable when this returns. Raises JournalError."""
        last = self._journal.last()
        reading = self._clock.now()
        entry = write(
            id=self._ids.next(),
            machine=self._machine,
            epoch=self._boot,
            seq=last.seq + 1 if last is not None and last.epoch == self._boot else 0,
            prev=last.hash if last is not None else NO_HASH,
            mono=reading.mono,
            wall=reading.wall,
            trusted=reading.trusted,
            kind=kind_of(body),
            body=written(body),
        )
        self._journal.append(entry)
        return entry
