"""Where published events go: whoever subscribed. They wake; the database is what is true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from application.ports.outbox import Event


class Subscription(Protocol):
    """One subscriber's events, in the order in which they were published."""

    def next(self, timeout: float) -> Event | None:
        """Wait at most `timeout` seconds for the next event; None when there was none. Raises Lagging, Missed."""

    def close(self) -> None:
        """End it."""


class Lagging(Exception):
    """The subscriber was too slow and events were dropped: read from the database and subscribe again."""


class Missed(Exception):
    """Events may have been lost on their way here: read from the database what is newer, and go on."""


class Events(Protocol):
    """Fan-out of published events. At least once: a subscriber tells repeats by the aggregate's version."""

    def publish(self, event: Event) -> None:
        """Hand an event to every subscriber that wants it, in every process. Never waits for a slow one.

        Who can be reached gets it; who cannot is told `Missed` once they can be. It raises nothing: what is true
        stands in the database.
        """

    def subscribe(self, wanted: Callable[[Event], bool], notify: Callable[[], None] | None = None) -> Subscription:
        """Subscribe to the events for which `wanted` is true.

        `notify` is called from the publishing thread after each event is queued (for an event loop to wake).
        """

    def start(self) -> None:
        """Begin to listen to what other processes publish, if there are any."""

    def close(self) -> None:
        """Stop listening."""

    @property
    def trouble(self) -> str | None:
        """What keeps events from other processes, in words for an operator; None: nothing."""
