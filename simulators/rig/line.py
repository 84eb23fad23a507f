"""A line to the rig that either side holds: commands with answers, notices in between, and connecting again."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitedTooLong
from typing import Any

RECONNECT_S = 0.1
"""Seconds between two attempts to connect."""
REACH_S = 2.0
"""Seconds that a command waits for a line that is down."""
ANSWER_S = 20.0
"""Seconds that a command waits for its answer; a motion takes a few."""


class LineDown(Exception):
    """Nobody answers at the other end."""


class Refusal(Exception):
    """The rig does not do this. `name` is the rig's own error."""

    def __init__(self, name: str, why: str) -> None:
        """Name the refusal."""
        super().__init__(f"{name}: {why}")
        self.name = name


class Line:
    """One side's connection. Safe to use from any thread."""

    def __init__(
        self,
        address: tuple[str, int],
        side: str,
        *,
        noticed: Callable[[dict[str, Any]], None] = lambda _: None,
        reach_s: float = REACH_S,
    ) -> None:
        """Start to connect, and keep at it until closed. `noticed` is called from the line's own thread."""
        self._address, self._side, self._noticed, self._reach_s = address, side, noticed, reach_s
        self._numbers = itertools.count(1)
        self._open: dict[int, Future[dict[str, Any]]] = {}
        self._socket: socket.socket | None = None
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._live, name=f"rig line of the {side}", daemon=True)
        self._thread.start()

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer to a command. Raises LineDown, Refusal."""
        answer: Future[dict[str, Any]] = Future()
        number = self._send(command, arguments, answer)
        try:
            said = answer.result(ANSWER_S)
        except WaitedTooLong:
            raise LineDown(f"{command}: no answer within {ANSWER_S} s") from None
        finally:
            with self._changed:
                self._open.pop(number, None)
        if "error" in said:
            raise Refusal(said["error"], said.get("why", ""))
        return dict(said["ok"])

    def tell(self, command: str, **arguments: Any) -> None:
        """Send a command, and do not wait for what becomes of it. Raises LineDown."""
        self._send(command, arguments, None)

    def close(self) -> None:
        """Hang up."""
        with self._changed:
            self._closed = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
            self._changed.notify_all()
        self._thread.join(REACH_S)

    def _send(self, command: str, arguments: dict[str, Any], answer: Future[dict[str, Any]] | None) -> int:
        number = next(self._numbers)
        line = json.dumps({"id": number, "do": command, "with": arguments}).encode("ascii") + b"\n"
        with self._changed:
            if not self._changed.wait_for(lambda: self._socket is not None or self._closed, self._reach_s):
                raise LineDown(f"{command}: the rig at {self._address[0]}:{self._address[1]} does not answer")
            if self._closed or self._socket is None:
                raise LineDown(f"{command}: the line is closed")
            if answer is not None:
                self._open[number] = answer
            try:
                self._socket.sendall(line)
            except OSError as broken:
                self._open.pop(number, None)
                raise LineDown(f"{command}: {broken}") from broken
        return number

    def _live(self) -> None:
        while not self._closed:
            try:
                with socket.create_connection(self._address, REACH_S) as connection:
                    connection.settimeout(None)
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connection.sendall(json.dumps({"side": self._side}).encode("ascii") + b"\n")
                    self._set(connection)
                    with connection.makefile("rb") as lines:
                        for line in lines:
                            self._hear(json.loads(line))
            except (OSError, ValueError):
                pass  # down; below, whoever waits is told, and it is tried again
            self._set(None)
            time.sleep(RECONNECT_S)

    def _set(self, connection: socket.socket | None) -> None:
        with self._changed:
            self._socket = connection
            waiting, self._open = ({}, self._open) if connection else (self._open, {})
            if self._closed and connection is not None:
                connection.shutdown(socket.SHUT_RDWR)
            self._changed.notify_all()
        for answer in waiting.values():
            if not answer.done():
                answer.set_exception(LineDown("the line to the rig went down"))

    def _hear(self, message: dict[str, Any]) -> None:
        if "notice" in message:
            self._noticed(message)
            return
        with self._changed:
            answer = self._open.pop(message.get("id", 0), None)
        if answer is not None and not answer.done():
            answer.set_result(message)
