"""The command: first line, start, play, end, proof, exit status."""

import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType

from rich.console import Console

from entrypoints.demo.events import EventLog
from entrypoints.demo.hosting import Platform, listen
from entrypoints.demo.loopback import NoLoopback, bring_up
from entrypoints.demo.pictures import NoPictures, find
from entrypoints.demo.report import report
from entrypoints.demo.stage import NotStarted, Stage
from entrypoints.demo.website import website
from entrypoints.parts.missing import PartsMissing

INTERRUPTED = 130
CANNOT_START = 2


def run(
    *, machines: int, seconds: float | None, seed: int, pictures: Path | None, data: Path | None, events: Path | None,
    port: int, production: bool = False,
) -> int:  # fmt: skip
    """Run a demo and return its exit status. Raises ModuleNotFoundError without the extra that it needs."""
    if production:
        import_module("entrypoints.demo.production")
    try:
        bring_up()
        files = find(pictures)
        listening = listen(port)
    except (NoLoopback, NoPictures, OSError) as cannot:
        print(f"rvm demo cannot start: {cannot}", file=sys.stderr)
        return CANNOT_START
    print(f"http://localhost:{listening.getsockname()[1]}/", flush=True)
    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="myrvm-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        log = EventLog(events)
        stack.callback(log.close)
        stopped = stack.enter_context(stopped_by_signals())
        log.write("begin", seed=seed, machines=machines, seconds=seconds, port=listening.getsockname()[1])
        try:
            platform = (
                stack.enter_context(_on_parts(folder, data, listening, log))
                if production
                else Platform(folder, listening)
            )
        except PartsMissing as missing:
            print(f"rvm demo cannot start: {missing}", file=sys.stderr)
            return CANNOT_START
        stage = Stage(platform, machines=machines, seed=seed, pictures=files, data=folder, events=log)
        with closing(stage):
            try:
                drained = perform(stage, seconds, stopped)
            except NotStarted as cannot:
                print(f"rvm demo cannot start: {cannot}", file=sys.stderr)
                return CANNOT_START
            lines, amiss = stage.lines(), stage.amiss()
        if not drained:
            amiss.append("not everything was delivered in the time given")
        return report(lines, amiss, data=folder, log=log, database_url=platform.database_url)


@contextmanager
def _on_parts(folder: Path, kept: Path | None, listening: socket.socket, log: EventLog) -> Iterator[Platform]:
    """The platform on PostgreSQL, Redis and S3, which go on until everything is proven. Raises PartsMissing."""
    from entrypoints.demo.production import Parts, ProductionPlatform

    parts = Parts(kept / "parts" / "postgres" if kept else None, folder / "logs", log)
    with closing(parts):
        for name, address in parts.addresses.items():
            print(f"{name}: {address}", flush=True)
        log.write("parts", **parts.addresses)
        platform = ProductionPlatform(folder, listening, parts, log)
        for name, address in platform.addresses.items():
            print(f"{name}: {address}", flush=True)
        with closing(platform):
            yield platform


def perform(stage: Stage, seconds: float | None, stopped: threading.Event) -> bool:
    """Open, play, send everybody home, and wait until nothing waits; False when it would not drain."""
    console = Console(highlight=False)
    stage.open(website(stage), people=True)
    count = len(stage.machines)
    how_long = "until Ctrl-C" if seconds is None else f"for {seconds:g} seconds"
    console.print(f"{count} machine{'s' * (count != 1)} ready; people come {how_long}", style="dim")
    if not stopped.is_set():
        stage.let_people_in()
        stage.play(seconds, stopped)
    console.print("The last people finish, every machine gets its network and power back", style="dim")
    stage.send_people_home()
    return stage.drain()


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; whoever is impatient and does it again ends at once."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if stopped.is_set():
            raise SystemExit(INTERRUPTED)
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
