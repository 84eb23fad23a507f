"""Runs the production parts beside whoever started it, and ends with them, however they end.

    python -m entrypoints.parts.supervise FOLDER [POSTGRES_FOLDER]

It says one JSON object a line: `{"ready": {settings}, "addresses": {...}}` first (or `{"failed": why}`), then
`{"part", "event": "start" | "exit", "pid"}` whenever a server comes or goes. A server that ended is started again a
while later, as any supervisor would: who wants to see what a platform does without one may kill it. Standard input is a
pipe that is never written to: when it closes, all servers are stopped in good order.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from entrypoints.parts.missing import PartsMissing
from entrypoints.parts.production import ProductionParts

AWAY_SECONDS = 10.0
"""Between the end of a server and its next start."""
LOOK_SECONDS = 0.2
FAILED = 1


def main() -> int:
    """Run until standard input closes or a signal comes; return the exit status."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    threading.Thread(target=_until_left, args=(over,), name="parent", daemon=True).start()
    folders = [Path(argument) for argument in sys.argv[1:]]
    parts = ProductionParts(*folders)
    try:
        parts.start()
    except PartsMissing as missing:
        _say(failed=str(missing))
        return FAILED
    try:
        _say(ready=parts.settings(), addresses=parts.addresses())
        _tend(parts, over)
    finally:
        parts.close()
    return 0


def _tend(parts: ProductionParts, over: threading.Event) -> None:
    """Tell of servers that come and go, and start again what ended."""
    ended: dict[str, float] = {}
    for name, server in parts.servers.items():
        _say(part=name, event="start", pid=server.pid)
    while not over.wait(LOOK_SECONDS):
        for name, server in parts.servers.items():
            if server.running:
                continue
            if name not in ended:
                ended[name] = time.monotonic()
                _say(part=name, event="exit")
            elif time.monotonic() - ended[name] >= AWAY_SECONDS:
                server.start()
                del ended[name]
                _say(part=name, event="start", pid=server.pid)


def _until_left(over: threading.Event) -> None:
    while os.read(0, 1):
        pass
    over.set()


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main())
