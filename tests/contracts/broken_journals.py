"""Journals with a mistake each: the contract suite must find it."""

from simulators.journal import SimulatedJournal


class Losing(SimulatedJournal):
    """Every fourth entry is said to be written, and is not there when the disk is opened again."""

    _count = 0

    def append(self, entry):
        super().append(entry)
        self._count += 1
        if self._count % 4 == 0:
            self._disk.entries.pop()


class Doubling(SimulatedJournal):
    """Reads on from the entry that was read last, which so comes twice."""

    def after(self, cursor, limit):
        start = 0 if cursor is None else self._places.get(cursor, 0)
        super().after(cursor, limit)
        return self._entries[max(0, start - 1) : start + limit] if start else self._entries[:limit]


class NotAtomic(SimulatedJournal):
    """What could not be written is there all the same, and it goes on after that."""

    def append(self, entry):
        try:
            super().append(entry)
        finally:
            if self._failure is not None and entry.raw not in self._disk.entries:
                self._disk.entries.append(entry.raw)
                self._failure = None


BROKEN = (Losing, Doubling, NotAtomic)
