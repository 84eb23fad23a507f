"""Adapters of the events port with a mistake each: the contract suite must find it."""

from adapters.events.in_process import InProcessEvents


class Losing(InProcessEvents):
    """Every seventh event goes nowhere."""

    _count = 0

    def publish(self, event):
        self._count += 1
        if self._count % 7:
            super().publish(event)


class Doubling(InProcessEvents):
    """Every seventh event comes twice."""

    _count = 0

    def publish(self, event):
        self._count += 1
        super().publish(event)
        if self._count % 7 == 0:
            super().publish(event)


class Reordering(InProcessEvents):
    """Every seventh event lets the next one go first."""

    _count = 0
    _held = None

    def publish(self, event):
        self._count += 1
        if self._count % 7 == 0:
            self._held = event
            return
        super().publish(event)
        if self._held is not None:
            held, self._held = self._held, None
            super().publish(held)


BROKEN = (Losing, Doubling, Reordering)
