"""Events to every process of the platform, over Redis pub/sub (PUBLISH, SUBSCRIBE).

The laws:
- subscribers of this process get an event directly, those of others through Redis: without Redis each process still
  hears itself;
- nothing waits for Redis longer than one short time-out, and after a failure it is left alone for a moment;
- Redis keeps nothing. Whoever may have lost something (a hole in the count, a broken or silent connection) is told
  `Missed` and reads the database; while Redis is away, everybody is told so again and again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import redis

from adapters.events.in_process import LONGEST_QUEUE, InProcessEvents, Queue
from adapters.events.redis_ear import Ear
from adapters.events.redis_words import NotUnderstood, Word, read, written
from application.ports.outbox import Event

LOG = logging.getLogger("rvm.events")
PULSE = 1.0
"""Seconds between two words of a process that has nothing else to say."""
DEAF = 3.0
"""Seconds without any word, our own included, after which a connection is taken for dead."""
REST = 1.0
"""Seconds for which Redis is left alone after a failure, and between two `Missed` meanwhile."""
LISTEN = 0.2
"""Seconds of one look at the connection."""


class RedisEvents:
    """The events port between processes. `start` begins to listen, `close` ends it."""

    def __init__(
        self, client: redis.Redis, sender: str, channel: str = "rvm:events", longest_queue: int = LONGEST_QUEUE
    ) -> None:
        """Take a client with short time-outs, this process' name among all of them, and the channel."""
        self._client = client
        self._sender = sender
        self._channel = channel
        self._local = InProcessEvents(longest_queue)
        self._ear = Ear()
        self._count = 0
        self._saying = threading.Lock()
        self._rests_until = 0.0
        self._stopping = threading.Event()
        self._listening = threading.Event()
        self._thread: threading.Thread | None = None
        self._trouble: dict[str, str] = {}
        self.unsent = 0
        """Events that Redis did not take; other processes read them from the database."""

    # ------------------------------------------------------------- the port

    def publish(self, event: Event) -> None:
        """Hand an event to everybody."""
        self._local.publish(event)
        with self._saying:
            self._count += 1
            if not self._say(Word(self._sender, self._count, event)):
                self.unsent += 1

    def subscribe(self, wanted: Callable[[Event], bool], notify: Callable[[], None] | None = None) -> Queue:
        """Subscribe to the events for which `wanted` is true."""
        return self._local.subscribe(wanted, notify)

    # ------------------------------------------------------------- its life

    @property
    def trouble(self) -> str | None:
        """Say what is wrong with Redis as seen from here; None: nothing."""
        return "; ".join(list(self._trouble.values())) or None

    def start(self) -> None:
        """Begin to listen, in a thread of its own."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="events", daemon=True)
            self._thread.start()

    def await_listening(self, within: float) -> bool:
        """Wait until it listens, at most `within` seconds. Returns whether it does."""
        return self._listening.wait(within)

    def close(self) -> None:
        """Say good-bye and stop listening."""
        if self._thread is not None:
            with self._saying:
                self._say(Word(self._sender, self._count, last=True))
            self._stopping.set()
            self._thread.join(timeout=5)
            self._thread = None
        self._client.close()

    # ------------------------------------------------------------- speaking

    def _say(self, word: Word) -> bool:
        """Say a word, unless Redis is left alone just now. Returns whether it was said."""
        if time.monotonic() < self._rests_until:
            return False
        try:
            self._client.publish(self._channel, written(word))
        except redis.RedisError as error:
            self._rests_until = time.monotonic() + REST
            self._note("saying", f"Redis takes no events: {error}")
            return False
        self._trouble.pop("saying", None)
        return True

    def _pulse(self) -> None:
        with self._saying:
            self._say(Word(self._sender, self._count))

    # ------------------------------------------------------------ listening

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except (redis.RedisError, OSError) as error:
                self._note("listening", f"Redis gives no events: {error}")
            except Exception:
                # Whatever it is: a process that has gone deaf looks alive and tells its followers nothing.
                LOG.exception("listening to Redis failed, trying again")
            self._listening.clear()
            self._local.interrupt()
            self._stopping.wait(REST)

    def _listen(self) -> None:
        """Listen until something breaks or we are to stop. Raises RedisError."""
        with self._client.pubsub() as wire:
            wire.subscribe(self._channel)
            heard, pulse = time.monotonic(), 0.0
            while not self._stopping.is_set():
                now = time.monotonic()
                if now >= pulse:
                    pulse = now + PULSE
                    self._pulse()
                message = wire.get_message(timeout=LISTEN)
                now = time.monotonic()
                if message is not None:
                    heard = now
                    self._take(message, now)
                if now - heard > DEAF:
                    raise redis.TimeoutError(f"not a word for {DEAF:g} s")
                if self._ear.gone(now):
                    self._local.interrupt()

    def _take(self, message: dict[str, object], now: float) -> None:
        if message["type"] == "subscribe":
            # What was said before this moment was not said to us.
            self._ear.forget()
            self._trouble.pop("listening", None)
            self._local.interrupt()
            self._listening.set()
            return
        try:
            word = read(bytes(message["data"]))  # type: ignore[call-overload]
        except NotUnderstood as why:
            LOG.warning("a word that is none of ours was passed over: %s", why)
            return
        if word.sender == self._sender:
            return
        if self._ear.hear(word, now):
            self._local.interrupt()
        if word.event is not None:
            self._local.publish(word.event)

    def _note(self, what: str, trouble: str) -> None:
        if what not in self._trouble:
            LOG.warning("%s", trouble)
        self._trouble[what] = trouble
