"""The demo's platform on production parts: two processes that answer, one worker, PostgreSQL, Redis and S3 from wheels.

The demo's own process answers nothing of the API: it shows the page, hands everything else on to the two (`front`), and
registers machines and the operator as `rvm platform create-operator` does. Machines and people call the two directly,
every other one the second.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from entrypoints.demo.events import EventLog
from entrypoints.demo.front import Front
from entrypoints.demo.hosting import Platform, together
from entrypoints.demo.processes import Process
from entrypoints.parts import supervise
from entrypoints.parts.missing import PartsMissing
from entrypoints.platform import serving
from entrypoints.settings import PlatformSettings

WORKERS = 2
ANSWERS_WITHIN_S = 60.0
ENDS_WITHIN_S = 30.0
SETTING = "RVM_PLATFORM_"


class Parts:
    """PostgreSQL, Redis and S3, in a process of their own that stops them when this one ends, however it ends."""

    def __init__(self, folder: Path | None, logs: Path, events: EventLog) -> None:
        """`folder` keeps what PostgreSQL keeps; None: it goes away. Raises PartsMissing."""
        logs.mkdir(parents=True, exist_ok=True)
        arguments = [str(logs.parent / "parts"), *([str(folder)] if folder else [])]
        with (logs / "parts.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", supervise.__name__, *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._events = events
        told = self._line()
        if "ready" not in told:
            self.close()
            raise PartsMissing(told.get("failed") or f"see {logs / 'parts.log'}; they come with the extra `parts`")
        self.settings: dict[str, str] = told["ready"]
        self.addresses: dict[str, str] = told["addresses"]
        threading.Thread(target=self._listen, name="parts", daemon=True).start()

    def close(self) -> None:
        """Stop all of them. Harmless when done twice."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {}

    def _listen(self) -> None:
        while told := self._line():
            self._events.write(told.pop("event"), **told)


class ProductionPlatform(Platform):
    """The platform of a demo, on its production parts."""

    def __init__(self, data: Path, listening: socket.socket, parts: Parts, events: EventLog) -> None:
        """Make what is kept there, and two processes and a worker that do not run yet."""
        keys = data / "platform"
        super().__init__(data, listening, PlatformSettings(data=keys, relay=False, **parts.settings))  # type: ignore[arg-type]
        self._parts = parts
        self._events = events
        environment = {f"{SETTING}{name.upper()}": value for name, value in parts.settings.items()}
        environment |= {f"{SETTING}DATA": str(keys), f"{SETTING}PORT": "0"}

        def process(name: str, *arguments: str) -> Process:
            log = data / "logs" / f"{name}.log"
            return Process("entrypoints.cli", ["platform", *arguments], settings=environment, log=log, pipe=True)

        self._workers = [process(f"platform-{number}") for number in range(WORKERS)]
        self._jobs = process("worker", "worker", "--threads", "2")
        self._ports = [self._started(worker) for worker in self._workers]
        self._events.write("start", part="worker", pid=self._jobs.start())
        self._jobs.first_line()

    def _started(self, worker: Process) -> int:
        """Start a process that answers and return its port. Raises PartsMissing."""
        self._events.write("start", part="platform", pid=worker.start())
        line = worker.first_line()
        if "http://" not in line:
            raise PartsMissing(f"the platform did not start:\n{worker.log_tail()}")
        port = int(line.split("http://", 1)[1].split()[0].rpartition(":")[2])
        deadline = time.monotonic() + ANSWERS_WITHIN_S
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=2).status_code == 200:
                    return port
            except httpx.HTTPError:
                time.sleep(0.05)
        raise PartsMissing(f"the platform does not answer:\n{worker.log_tail()}")

    @property
    def addresses(self) -> dict[str, str]:
        """Where each process answers."""
        return {f"platform {number + 1}": f"http://127.0.0.1:{port}" for number, port in enumerate(self._ports)}

    def serve(self, site: ASGIApp) -> None:
        """Show the site from now on, and hand the rest on to the processes that answer."""
        app = together(Front(self._ports), site)
        self._serving.enter_context(serving(self.container, app, listening=self._listening))

    def port_for(self, number: int) -> int:
        """Every other one calls the second process."""
        return self._ports[number % WORKERS]

    def close(self) -> None:
        """Stop the processes in good order. The parts go on: what they hold is proven first."""
        for process in (*self._workers, self._jobs):
            process.end()
        super().close()
