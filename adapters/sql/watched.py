"""Connections to PostgreSQL that nobody waits at for ever: whoever hears nothing asks whether the server lives.

The laws:
- after a short silence the server's pulse is taken; while it beats, one waits on (locks have a bound of their own);
- without a pulse the connection is closed and `NoAnswer` raised; nobody waits again until the server answers;
- what was sent and never answered is rolled back by the server when it goes on, unless it was a commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

import psycopg
import sqlalchemy as sa

from adapters.sql.errors import NO_ANSWER
from adapters.sql.pulse import FRESH, Pulse

QUIET = 0.5
"""Seconds of silence after which the pulse is taken."""
STILL_QUIET = 1.0
"""Seconds between two later looks at a server that lives and says nothing."""


class NoAnswer(psycopg.OperationalError):
    """The server does not answer. Nothing that was sent counts, a commit aside."""

    sqlstate = NO_ANSWER


class Watched(psycopg.Connection[Any]):
    """A connection whose waiting ends when its server has no pulse."""

    pulse: Pulse = Pulse()

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **named: Any) -> Any:
        """Wait for what was asked. Raises NoAnswer."""
        if not self.pulse.lives:
            self._look()
        return super().wait(_watched(gen, self._look), *args, **named)

    def _look(self) -> None:
        """Take the pulse. Raises NoAnswer, having closed the connection."""
        if not self.pulse.beats(self.pgconn.host.decode(), int(self.pgconn.port)):
            self.pgconn.finish()
            raise NoAnswer("the server does not answer")


def watch(engine: sa.Engine, host: str | None, port: int) -> None:
    """Have an engine's connections watched. `host` None: not known before a connection is there."""
    pulse = Pulse()

    class OfThisServer(Watched):
        pass

    OfThisServer.pulse = pulse

    def connect(_dialect: Any, _record: Any, arguments: Any, named: Any) -> Any:
        # Whoever connects cannot be let go before two seconds: libpq's least.
        if host is not None and not pulse.beats(host, port, fresh=0.0):
            raise NoAnswer("nobody answers there")
        try:
            return OfThisServer.connect(*arguments, **named)
        except psycopg.OperationalError as failed:
            raise NoAnswer(str(failed)) from failed

    sa.event.listen(engine, "do_connect", connect)


def _watched(
    gen: Generator[Any, Any, Any], look: Callable[[], None]
) -> Generator[Any, Any, Any]:  # fmt: skip
    """Pass a driver's waiting on, and look when nothing comes. psycopg sends 0 ten times a second meanwhile."""
    try:
        wanted = next(gen)
        due = time.monotonic() + QUIET
        pause = FRESH
        while True:
            came = yield wanted
            if came:
                due, pause = time.monotonic() + QUIET, FRESH
            elif time.monotonic() >= due:
                look()
                due, pause = time.monotonic() + pause, STILL_QUIET
            wanted = gen.send(came)
    except StopIteration as end:
        return end.value
