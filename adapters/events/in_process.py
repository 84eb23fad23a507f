"""Events to the subscribers in this process, each with a queue of its own that cannot grow without end."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from application.ports.events import Lagging, Missed
from application.ports.outbox import Event

LONGEST_QUEUE = 1_000
"""Events that a subscriber may be behind."""


class Queue:
    """One subscriber's events. Read by one thread, filled by the relay."""

    def __init__(
        self, wanted: Callable[[Event], bool], notify: Callable[[], None] | None, longest: int,
        ended: Callable[[Queue], None],
    ) -> None:  # fmt: skip
        """Take what is wanted, whom to wake, how long it may grow, and whom to tell of its end."""
        self._wanted = wanted
        self._notify = notify
        self._longest = longest
        self._ended = ended
        self._events: deque[Event] = deque()
        self._lagging = False
        self._missed = False
        self._changed = threading.Condition()

    def put(self, event: Event) -> None:
        """Queue an event if it is wanted; drop everything when the subscriber is too far behind."""
        if not self._wanted(event):
            return
        with self._changed:
            if self._lagging:
                return
            if len(self._events) >= self._longest:
                self._events.clear()
                self._lagging = True
            else:
                self._events.append(event)
            self._changed.notify_all()
        if self._notify is not None:
            self._notify()

    def interrupt(self) -> None:
        """Tell the subscriber that something may have been lost on its way here."""
        with self._changed:
            self._missed = True
            self._changed.notify_all()
        if self._notify is not None:
            self._notify()

    def next(self, timeout: float) -> Event | None:
        """Wait for the next event. Raises Lagging, Missed: each once, when it happened."""
        with self._changed:
            self._changed.wait_for(lambda: self._events or self._lagging or self._missed, timeout)
            if self._lagging:
                self._lagging = False
                raise Lagging(f"more than {self._longest} events behind")
            if self._missed:
                self._missed = False
                raise Missed("events may have been lost on their way here")
            return self._events.popleft() if self._events else None

    def close(self) -> None:
        """End the subscription."""
        self._ended(self)


class InProcessEvents:
    """The events port within one process."""

    def __init__(self, longest_queue: int = LONGEST_QUEUE) -> None:
        """Start without subscribers."""
        self._longest = longest_queue
        self._queues: tuple[Queue, ...] = ()
        self._guard = threading.Lock()

    def publish(self, event: Event) -> None:
        """Hand an event to every subscriber that wants it."""
        for queue in self._queues:
            queue.put(event)

    def interrupt(self) -> None:
        """Tell every subscriber that something may have been lost on its way here."""
        for queue in self._queues:
            queue.interrupt()

    def subscribe(self, wanted: Callable[[Event], bool], notify: Callable[[], None] | None = None) -> Queue:
        """Subscribe to the events for which `wanted` is true."""
        queue = Queue(wanted, notify, self._longest, self._end)
        with self._guard:
            self._queues = (*self._queues, queue)
        return queue

    def start(self) -> None:
        """There is nobody else to listen to."""

    def close(self) -> None:
        """There is nobody else to let go of."""

    @property
    def trouble(self) -> str | None:
        """Nothing stands between."""
        return None

    def _end(self, queue: Queue) -> None:
        with self._guard:
            self._queues = tuple(one for one in self._queues if one is not queue)
