"""Adapters of the rate limits port with a mistake each: the contract suite must find it."""

import threading

from adapters.rate_limits.in_process import InProcessRateLimits
from domain.traffic.rate_limit import rule


class Losing(InProcessRateLimits):
    """Every seventh request is let through and not counted."""

    _count = 0

    def take(self, rate, caller):
        self._count += 1
        return super().take(rate, caller) if self._count % 7 else 0


class Doubling(InProcessRateLimits):
    """Every seventh request is counted twice."""

    _count = 0

    def take(self, rate, caller):
        self._count += 1
        if self._count % 7 == 0:
            super().take(rate, caller)
        return super().take(rate, caller)


class NotAtomic(InProcessRateLimits):
    """Between reading and writing, others read."""

    def take(self, rate, caller):
        key, now = (rate.name, caller), self._clock.now().mono
        ruling = rule(rate, self._due.get(key), now)
        if threading.active_count() > 2:
            threading.Event().wait(0.001)
        self._due[key] = ruling.due
        return ruling.wait


BROKEN = (Losing, Doubling, NotAtomic)
