"""A body on a socket of this computer: JSON, one object a line, as the rig speaks it.

    ->  {"side": "agent"}                                        first, from whoever connects; or "person"
    ->  {"id": 1, "do": "capture"}                               a command, with its arguments under "with"
    <-  {"id": 1, "ok": {...}}                                   its answer, when it is done
    <-  {"id": 1, "error": "Unplugged", "why": "..."}            or why not
    <-  {"notice": "level", "pin": 18, "level": true}            to the agent: what an input's wire says now
    <-  {"notice": "pulse", "pin": 13, "seconds": 0.0046}        and a pulse that came and went

The agent's commands are those of a computer on a header: `function` and `drive` of a pin, `capture`, and `about`.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

from simulators.served.touch import REFUSALS, MalformedCommand, Touch

HANG_UP_S = 2.0
MOST_UNSENT = 10_000
"""Lines that may wait for a side that does not listen; then it is let go."""
LONGEST_LINE = 32 * 1024 * 1024
_SIDES = ("agent", "person")


class BodyServer:
    """Serves one body until it is closed."""

    def __init__(self, touch: Touch, port: int) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        self._touch = touch
        self._listening = socket.create_server(("127.0.0.1", port))
        self._ends: list[_End] = []
        self._thread = threading.Thread(target=self._accept, name="body server", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def close(self) -> None:
        """Hang up on everybody."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        if self._thread.is_alive():
            self._thread.join(HANG_UP_S)
        for end in [*self._ends]:
            end.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end = _End(connection, self._touch)
            self._ends = [one for one in self._ends if one.lives] + [end]
            end.start()


class _End:
    """One side's connection: a thread that hears, and one that tells."""

    def __init__(self, connection: socket.socket, touch: Touch) -> None:
        self._connection = connection
        self._touch = touch
        self._unsent: queue.Queue[bytes | None] = queue.Queue(MOST_UNSENT)
        self._hearing = threading.Thread(target=self._hear, name="body hears", daemon=True)
        self._telling = threading.Thread(target=self._tell, name="body tells", daemon=True)

    @property
    def lives(self) -> bool:
        return self._hearing.is_alive()

    def start(self) -> None:
        self._telling.start()
        self._hearing.start()

    def hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def say(self, message: dict[str, Any]) -> None:
        """Send it, by and by. Never waits: the machine's time goes on whoever listens."""
        try:
            self._unsent.put_nowait(json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n")
        except queue.Full:
            self.hang_up()

    def _tell(self) -> None:
        while (line := self._unsent.get()) is not None:
            try:
                self._connection.sendall(line)
            except OSError:
                return

    def _hear(self) -> None:
        try:
            with self._connection.makefile("rb") as lines:
                side = json.loads(lines.readline(LONGEST_LINE)).get("side")
                if side not in _SIDES:
                    self.say({"error": "UnknownSide", "why": f"say one of {_SIDES}"})
                    return
                commands = self._touch.agents(self.say) if side == "agent" else self._touch.persons()
                while line := lines.readline(LONGEST_LINE):
                    self.say(_answered(commands, json.loads(line)))
        except (OSError, ValueError, AttributeError, TypeError):
            pass  # whoever speaks like this, or is gone, is let go; the body stays as it is
        finally:
            self._unsent.put(None)
            self._telling.join(HANG_UP_S)
            self._connection.close()


def _answered(commands: dict[str, Callable[..., Any]], request: dict[str, Any]) -> dict[str, Any]:
    number, name = request.get("id"), str(request.get("do"))[:40]
    try:
        if name not in commands:
            raise MalformedCommand(f"nobody here can {name}")
        try:
            return {"id": number, "ok": commands[name](**(request.get("with") or {})) or {}}
        except (TypeError, ValueError) as odd:
            if isinstance(odd, REFUSALS):
                raise
            raise MalformedCommand(f"{name}: {odd}") from odd
    except REFUSALS as refused:
        return {"id": number, "error": type(refused).__name__, "why": str(refused)}
