"""The rig on a socket of this computer: JSON, one object a line.

    ->  {"side": "agent"}                                   first, from whoever connects; or "person"
    ->  {"id": 1, "do": "take_in"}                          a command, with its arguments under "with"
    <-  {"id": 1, "ok": {...}}                              its answer, when it is done
    <-  {"id": 1, "error": "MotorBusy", "why": "..."}       or why not
    <-  {"notice": "presence", "present": true}             to the agent, at any time

There is one agent at a time: a new one takes the place of the one before, as after a crash.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulators.rig.physics import RigError, Way
from simulators.rig.rig import MOST_PICTURE, Notice, Rig

LONGEST_LINE = 2 * MOST_PICTURE
HANG_UP_S = 2.0
"""Seconds that both sides have to notice the end."""
_MOTIONS = {"take_in": Way.IN, "give_back": Way.OUT, "loosen": Way.LOOSE}
_SIDES = ("agent", "person")


class RigServer:
    """Serves one rig."""

    def __init__(self, path: Path, *, motion_seconds: float = 0.3) -> None:
        """`path` is the rig's lasting file."""
        self._path = path
        self._motion_seconds = motion_seconds
        self._agent: asyncio.StreamWriter | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._talks: set[asyncio.Task[Any]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.rig: Rig

    async def serve(self, port: int, ready: Callable[[int], None], stopped: asyncio.Event) -> None:
        """Listen on 127.0.0.1 until `stopped`; `ready` is told the port (0 takes a free one)."""
        loop = asyncio.get_running_loop()
        self.rig = Rig(self._path, now=loop.time, motion_seconds=self._motion_seconds, notify=self._notify)
        server = await asyncio.start_server(self._connected, "127.0.0.1", port, limit=LONGEST_LINE)
        ready(server.sockets[0].getsockname()[1])
        try:
            await stopped.wait()
        finally:
            server.close()
            self.rig.settle()
            self._agent = None
            for writer in [*self._writers]:
                writer.close()
            if self._talks:
                await asyncio.wait(self._talks, timeout=HANG_UP_S)

    def _notify(self, notice: Notice) -> None:
        if self._agent is not None:
            _write(self._agent, notice)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if (talk := asyncio.current_task()) is not None:
            self._talks.add(talk)
            talk.add_done_callback(self._talks.discard)
        try:
            side = json.loads(await reader.readline()).get("side")
            if side not in _SIDES:
                _write(writer, {"error": "UnknownSide", "why": f"say one of {_SIDES}"})
                return
            if side == "agent":
                self._welcome(writer)
            while line := await reader.readline():
                self._command(side, line, writer)
                await writer.drain()
        except (OSError, ValueError, AttributeError, asyncio.LimitOverrunError):
            pass  # whoever speaks like this, or is gone, is let go; the hardware stays as it is
        finally:
            if self._agent is writer:
                self._agent = None
            writer.close()
            self._writers.discard(writer)

    def _welcome(self, writer: asyncio.StreamWriter) -> None:
        if self._agent is not None:
            self._agent.close()
        self._agent = writer
        for level in self.rig.levels():
            _write(writer, level)

    def _command(self, side: str, line: bytes, writer: asyncio.StreamWriter) -> None:
        request = json.loads(line)
        number, command = request.get("id"), request.get("do")
        arguments = request.get("with") or {}
        try:
            if side == "agent" and command in _MOTIONS:
                self._begin(_MOTIONS[command], number, writer)
                return
            answer: dict[str, Any] = {"id": number, "ok": self.rig.do(side, str(command), arguments)}
        except RigError as refused:
            answer = _refusal(number, refused)
        _write(writer, answer)

    def _begin(self, way: Way, number: Any, writer: asyncio.StreamWriter) -> None:
        motion = self.rig.begin(way)
        loop = asyncio.get_running_loop()

        async def run() -> None:
            # The motor turns whether or not anybody still waits for the answer.
            for moment in (motion.passes, motion.ends):
                await asyncio.sleep(max(0.0, moment - loop.time()))
                self.rig.settle()
            try:
                self.rig.physics.check_passed(motion)
                answer: dict[str, Any] = {"id": number, "ok": {}}
            except RigError as refused:
                answer = _refusal(number, refused)
            _write(writer, answer)

        task = loop.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def run(path: Path, port: int, *, motion_seconds: float, ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT."""

    async def live() -> None:
        stopped = asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
        await RigServer(path, motion_seconds=motion_seconds).serve(port, ready, stopped)

    asyncio.run(live())


def _refusal(number: Any, refused: RigError) -> dict[str, Any]:
    return {"id": number, "error": type(refused).__name__, "why": str(refused)}


def _write(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        writer.write(json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n")
