"""`rvm machine body`: a machine's simulated body as a process of its own (settings: RVM_BODY_*).

Prints one line of JSON once it listens: {"body": PORT}. An agent with RVM_MACHINE_HARDWARE=body drives it by the
adapters that ship: pins over its socket, the ESP32 over its pty.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from adapters.hardware_map.parts import At, Drive, HardwareMap
from adapters.hardware_map.read import DEFAULT, BadHardwareMap, read_map
from entrypoints.settings import BodySettings
from simulators.bench.exposure import Lens
from simulators.bench.stage import Stage
from simulators.served.books import Books
from simulators.served.server import BodyServer
from simulators.served.touch import Touch

BOOKS, SERIAL = "body.json", "esp32"
MISUSE = 2
KEEP_S = 0.1


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; options override the settings."""
    settings = BodySettings()
    parser = argparse.ArgumentParser(prog="rvm machine body", description="A machine's simulated body.")
    parser.add_argument("--data", type=Path, default=settings.data, help="folder of what lasts, and of its serial line")
    parser.add_argument("--port", type=int, default=settings.port, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=settings.seed, help="chance of noise, glitches and echoes")
    parser.add_argument("--map", type=Path, default=DEFAULT, help="the hardware map (the default one)")
    chosen = parser.parse_args(arguments)
    try:
        wired = checked(read_map(chosen.map), str(chosen.map))
    except BadHardwareMap as odd:
        print(odd, file=sys.stderr)
        return MISUSE
    except NotServed as odd:
        print(f"rvm machine body: {odd}", file=sys.stderr)
        return MISUSE
    _serve(wired, chosen.data, chosen.port, chosen.seed)
    return 0


class NotServed(ValueError):
    """A map whose parts cannot be reached from another process; the message names the part."""


def checked(wired: HardwareMap, name: str) -> HardwareMap:
    """Return the map if an agent elsewhere can drive it. Raises NotServed."""
    if wired.chute.driven_by is not Drive.MOTOR:
        raise NotServed(f"{name}: a stepper's pulses do not keep their time over a socket; use `simulated:{name}`")
    if wired.climate is not None and wired.climate.at is At.HEADER:
        raise NotServed(f"{name}: a kernel's climate device is not served; use `simulated:{name}`")
    return wired


def _serve(wired: HardwareMap, data: Path, port: int, seed: int) -> None:
    data.mkdir(parents=True, exist_ok=True)
    stopped = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopped.set())
    stage = Stage(
        seed,
        wired.numbers(),
        low=wired.active_low(),
        bins=tuple(one.name for one in wired.bins),
        serial=(data / SERIAL).absolute(),
    )
    stage.eye.lens = Lens(seed)
    books = Books(data / BOOKS)
    books.load(stage)
    with stage:
        server = BodyServer(Touch(stage, books), port)
        server.start()
        sys.stdout.write(json.dumps({"body": server.port}) + "\n")
        sys.stdout.flush()
        try:
            while not stopped.wait(KEEP_S):
                stage.touch(books.keep)
        finally:
            server.close()
            stage.touch(books.keep)


if __name__ == "__main__":
    sys.exit(main())
