"""Requests counted in this process' memory."""

from __future__ import annotations

import threading

from application.ports.clock import Clock
from domain.traffic.rate_limit import Rate, rule

MOST = 100_000
"""Callers that are kept; then those whose time is over are forgotten, and if that is not enough, everybody."""


class InProcessRateLimits:
    """The rate limits port within one process."""

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        """Count nothing yet."""
        self._clock = clock
        self._most = most
        self._due: dict[tuple[str, str], int] = {}
        self._guard = threading.Lock()

    def take(self, rate: Rate, caller: str) -> int:
        """Count a request; returns the microseconds to wait, 0 when it was let through."""
        now = self._clock.now().mono
        with self._guard:
            key = (rate.name, caller)
            ruling = rule(rate, self._due.get(key), now)
            if key not in self._due and len(self._due) >= self._most:
                self._forget(now)
            self._due[key] = ruling.due
        return ruling.wait

    def _forget(self, now: int) -> None:
        self._due = {key: due for key, due in self._due.items() if due > now}
        if len(self._due) >= self._most:
            self._due = {}
