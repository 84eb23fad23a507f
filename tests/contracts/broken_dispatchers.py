"""Dispatchers with a mistake each: the contract suite must find it."""

from adapters.jobs.in_process import InProcessDispatcher


class Losing(InProcessDispatcher):
    """Every seventh job goes nowhere."""

    _count = 0

    def send(self, job):
        self._count += 1
        if self._count % 7:
            super().send(job)


class Doubling(InProcessDispatcher):
    """Every seventh job is run twice."""

    _count = 0

    def send(self, job):
        self._count += 1
        super().send(job)
        if self._count % 7 == 0:
            super().send(job)


class Abrupt(InProcessDispatcher):
    """Ends without waiting for what runs."""

    def close(self):
        self._threads = []
        super().close()


BROKEN = (Losing, Doubling, Abrupt)
