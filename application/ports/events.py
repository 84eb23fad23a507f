"""Where published events go: whoever subscribed. They wake; the database is what is true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from application.ports.outbox import Event


class Subscription(Protocol):
    """One subscriber's events, in the order in which they were published."""

    def next(self, timeout: float) -> Event | None:
        """Wait at most `timeout` seconds for the next event; None when there was none. Raises Lagging."""

    def close(self) -> None:
        """End it."""


class Lagging(Exception):
    """The subscriber was too slow and events were dropped: read from the database and subscribe again."""


class Events(Protocol):
    """Fan-out of published events. At least once: a subscriber tells repeats by the aggregate's version."""

    def publish(self, event: Event) -> None:
        """Hand an event to every subscriber that wants it. Never waits for a slow one."""

    def subscribe(self, wanted: Callable[[Event], bool], notify: Callable[[], None] | None = None) -> Subscription:
        """Subscribe to the events for which `wanted` is true.

        `notify` is called from the publishing thread after each event is queued (for an event loop to wake).
        """
