"""Machine keys recognised a moment ago: a machine sends often, and asking the store each time costs a thread."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from domain.fleet.machine import Machine

REMEMBERED = 5.0
"""Seconds: the longest that a key which is no longer good still opens the door."""
MOST = 10_000
"""Keys; then all are forgotten at once."""


class KnownKeys:
    """Remembers who a key belongs to. Lives on the event loop's thread; keys themselves are not kept."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Know nobody yet."""
        self._now = now
        self._machines: dict[bytes, tuple[float, Machine]] = {}

    async def machine(self, api_key: str, recognise: Callable[[str], Machine]) -> Machine:
        """Return the machine with this key. Raises what `recognise` raises; who is unknown is asked for each time."""
        name = hashlib.sha256(api_key.encode("utf-8", "surrogatepass")).digest()
        known = self._machines.get(name)
        if known is not None and self._now() < known[0]:
            return known[1]
        machine = await run_in_threadpool(recognise, api_key)
        if len(self._machines) >= MOST:
            self._machines.clear()
        self._machines[name] = (self._now() + REMEMBERED, machine)
        return machine
