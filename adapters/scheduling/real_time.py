"""The Scheduler of a machine in the street.

One thread decides; whatever blocks runs on a small pool and comes back to it. Both queues have a bound: a machine that
cannot keep up says so instead of growing.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

WORKERS = 12
"""Camera, motor, journal and sensors are waited for at once, and four calls of a network that hangs: a hand in the
chute is seen all the same."""
MOST_ASIDE = 64
"""Pieces of work that may be waiting or running aside."""
MOST_WAITING = 10_000
"""Calls that may wait for the deciding thread."""


class Overloaded(RuntimeError):
    """More waits than a machine should ever have waiting; the message names the queue and its bound."""


class RealTimeScheduler:
    """Runs calls on one thread by the operating system's monotonic clock."""

    def __init__(self) -> None:
        """Nothing runs until `run`."""
        self._calls: deque[Callable[[], Any]] = deque()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="aside")
        self._aside = threading.BoundedSemaphore(MOST_ASIDE)
        self._stopped = False

    def after(self, delay_us: int, call: Callable[[], None]) -> None:
        """Call `call` on the deciding thread once `delay_us` microseconds have passed."""
        with self._wake:
            heapq.heappush(self._timers, (time.monotonic() + delay_us / 1_000_000, next(self._order), call))
            self._wake.notify()

    def soon(self, call: Callable[[], Any]) -> None:
        """Call `call` on the deciding thread, after what is already waiting. Raises Overloaded."""
        with self._wake:
            if len(self._calls) >= MOST_WAITING:
                raise Overloaded(f"more than {MOST_WAITING} calls wait for the deciding thread")
            self._calls.append(call)
            self._wake.notify()

    def aside(self, work: Callable[[], T], done: Callable[[T | BaseException], None], *, cost: str) -> None:
        """Run `work` on the pool and hand its result, or what it raised, to `done` on the deciding thread."""
        if not self._aside.acquire(blocking=False):
            refusal = Overloaded(f"more than {MOST_ASIDE} pieces of work are aside; this one is {cost}")
            self.soon(lambda: done(refusal))
            return

        def run() -> None:
            result: T | BaseException
            try:
                result = work()
            except BaseException as raised:  # noqa: BLE001 (whoever asked must hear of it)
                result = raised
            self._aside.release()
            self.soon(lambda: done(result))

        with self._wake:
            if not self._stopped:
                self._pool.submit(run)

    def run(self) -> None:
        """Decide, on the calling thread, until `stop`. What a call raises ends it and is raised here."""
        try:
            while (call := self._next()) is not None:
                call()
        finally:
            self.stop()

    def stop(self) -> None:
        """Let `run` return after the call it is at. Work aside is not waited for. Safe from any thread."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _next(self) -> Callable[[], Any] | None:
        """Wait for the next call: due timers go before what came by `soon` later than they were due."""
        with self._wake:
            while not self._stopped:
                due = self._timers[0][0] - time.monotonic() if self._timers else None
                if due is not None and due <= 0:
                    return heapq.heappop(self._timers)[2]
                if self._calls:
                    return self._calls.popleft()
                self._wake.wait(due)
            return None
