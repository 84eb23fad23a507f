"""The platform's own server, as many processes as wanted, each started as an operator starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
from attrs import frozen

START_WITHIN = 60.0
"""Seconds."""
_PROGRAM = "from entrypoints.platform import serve; serve()"


@frozen
class Served:
    """A platform process that answers."""

    host: str
    port: int
    pid: int

    @property
    def address(self) -> str:
        """Return its address."""
        return f"http://{self.host}:{self.port}"


@contextmanager
def server(settings: Mapping[str, str]) -> Iterator[Served]:
    """Serve the platform in a process of its own; settings by their names without RVM_PLATFORM_."""
    named = {f"RVM_PLATFORM_{name.upper()}": value for name, value in {"port": "0", **settings}.items()}
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", _PROGRAM], stdout=subprocess.PIPE, text=True, env={**os.environ, **named}
    )
    watch = threading.Timer(START_WITHIN, process.kill)
    watch.start()
    try:
        line = process.stdout.readline() if process.stdout else ""
        address = next((word for word in line.split() if word.startswith("http")), "")
        if not address:
            raise RuntimeError(f"the platform did not start: {line!r}")
        _await_ready(address)
        watch.cancel()
        host, _, port = address.removeprefix("http://").rpartition(":")
        yield Served(host, int(port), process.pid)
    finally:
        watch.cancel()
        process.terminate()
        process.wait(timeout=30)


def _await_ready(address: str) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + START_WITHIN
    while True:
        try:
            httpx.get(f"{address}/health/ready").raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
