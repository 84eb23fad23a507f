"""Schedulers with a mistake each: the contract suite must find it."""

import threading

from adapters.scheduling.real_time import RealTimeScheduler


class Losing(RealTimeScheduler):
    """Every third timer never fires."""

    _count = 0

    def after(self, delay, call):
        self._count += 1
        if self._count % 3:
            super().after(delay, call)


class Doubling(RealTimeScheduler):
    """What was asked for soon comes twice."""

    def soon(self, call):
        super().soon(call)
        super().soon(call)


class NotAtomic(RealTimeScheduler):
    """Brings the result of work back on the thread that did it, beside whatever is decided just then."""

    def aside(self, work, done, *, cost):
        def both():
            try:
                result = work()
            except Exception as raised:  # noqa: BLE001 - it is the result
                result = raised
            done(result)

        threading.Thread(target=both, daemon=True).start()


BROKEN = (Losing, Doubling, NotAtomic)
