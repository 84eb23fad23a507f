"""The relay's thread: publishes what was committed, woken by each commit, ends in time what time ends, sends jobs."""

from __future__ import annotations

import logging
import threading
import time
from typing import Protocol

from application.platform.dispatch_jobs import DispatchJobs
from application.platform.plan_jobs import PlanJobs
from application.platform.relay_outbox import AT_ONCE, RelayOutbox
from application.ports.unit_of_work import StoreError
from entrypoints.housekeeping import Housekeeping

LOG = logging.getLogger("rvm.relay")
LOOK_SECONDS = 0.5
"""How long a row waits at most when nobody woke the relay (another process wrote it)."""
PACE_SECONDS = 0.03
"""Least time between two passes: what comes meanwhile is published and marked together, by one commit."""
PLANNING_SECONDS = 60.0
"""Between two looks at the jobs that come with the clock."""


class Wakes(Protocol):
    """What a commit calls."""

    def __call__(self) -> None:
        """Wake."""


class Wake:
    """Wakes the relay; made before it, for the store to call after each commit."""

    def __init__(self) -> None:
        """Nothing waits yet."""
        self.event = threading.Event()

    def __call__(self) -> None:
        """Wake."""
        self.event.set()


class Relay:
    """Runs `RelayOutbox` in a thread of its own. `running=False` keeps it stopped: the page stands still."""

    def __init__(
        self, relay: RelayOutbox, housekeeping: Housekeeping, plan: PlanJobs, dispatch: DispatchJobs, wake: Wake, *,
        running: bool = True,
    ) -> None:  # fmt: skip
        """Take what it runs and what wakes it; `start` begins."""
        self._relay = relay
        self._housekeeping = housekeeping
        self._plan = plan
        self._dispatch = dispatch
        self._wake = wake
        self._running = running
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._planned = float("-inf")

    @property
    def alive(self) -> bool:
        """Whether it does what it should: its thread runs, or it is meant to be stopped."""
        return not self._running or (self._thread is not None and self._thread.is_alive())

    def start(self) -> None:
        """Begin, unless it is kept stopped."""
        if self._running and self._thread is None:
            self._stopping.clear()
            self._dispatch.dispatcher.start()
            self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop after the pass that is under way."""
        self._stopping.set()
        self._wake()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None
            self._dispatch.dispatcher.close()

    def once(self) -> int:
        """Publish all that is waiting now, on this thread. Returns how many rows."""
        total = 0
        while True:
            published = self._relay()
            total += published
            if published < AT_ONCE:
                return total

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.event.clear()
            try:
                self.once()
                self._by_the_clock(time.monotonic())
            except StoreError as error:
                LOG.warning("the outbox could not be relayed, trying again: %s", error)
            except Exception:
                # Whatever it is, a platform whose relay has died looks alive and tells nobody anything.
                LOG.exception("the outbox could not be relayed, trying again")
            self._stopping.wait(PACE_SECONDS)
            self._wake.event.wait(LOOK_SECONDS)

    def _by_the_clock(self, now: float) -> None:
        self._housekeeping(now)
        if now - self._planned >= PLANNING_SECONDS:
            self._planned = now
            self._plan()
        self._dispatch()
