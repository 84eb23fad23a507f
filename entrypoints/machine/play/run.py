"""The command: first line, start, play, end, proof, exit status."""

from __future__ import annotations

import sys
import tempfile
import threading
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from rich.console import Console

from adapters.identity.passwords import Argon2Cost, Argon2Passwords
from entrypoints.demo.events import EventLog
from entrypoints.demo.hosting import Platform, listen
from entrypoints.demo.loopback import NoLoopback, bring_up
from entrypoints.demo.pictures import NoPictures, find
from entrypoints.demo.report import report
from entrypoints.demo.run import CANNOT_START, stopped_by_signals
from entrypoints.demo.stage import NotStarted, Stage
from entrypoints.machine.play.body import PersonAtABody, body_hull
from entrypoints.machine.play.hands import Hands
from entrypoints.machine.play.site import Site
from simulators.rig.line import LineDown, Refusal

PIN = "123456"
"""Opens the maintenance menu of this machine, as the page says: it guards nothing here."""
LIGHT = Argon2Cost(memory_kib=8_192, passes=1, lanes=1)
SAMPLES = 12


def run(*, seconds: float | None, seed: int, pictures: Path | None, data: Path | None, port: int) -> int:
    """Let one machine live until Ctrl-C, or by itself for `seconds`; return the exit status."""
    try:
        bring_up()
        files = find(pictures)
        listening = listen(port)
        with listen(0) as free:
            kiosk_port: int = free.getsockname()[1]
    except (NoLoopback, NoPictures, OSError) as cannot:
        print(f"rvm machine --simulated cannot start: {cannot}", file=sys.stderr)
        return CANNOT_START
    print(f"http://localhost:{listening.getsockname()[1]}/", flush=True)
    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="myrvm-machine-")))
        folder.mkdir(parents=True, exist_ok=True)
        log = EventLog(folder / "events.jsonl")
        stack.callback(log.close)
        stopped = stack.enter_context(stopped_by_signals())
        site = Site(f"http://localhost:{kiosk_port}/", PIN)
        settings = {
            "RVM_MACHINE_KIOSK": f"127.0.0.1:{kiosk_port}",
            "RVM_MACHINE_PIN_HASH": Argon2Passwords(LIGHT).hash(PIN),
        }
        stage = Stage(
            Platform(folder, listening), machines=1, seed=seed, pictures=files, data=folder, events=log,
            settings=settings, samples=SAMPLES, hull=body_hull(seed),
        )  # fmt: skip
        with closing(stage):
            try:
                drained = _play(stage, site, seconds, stopped)
            except NotStarted as cannot:
                print(f"rvm machine --simulated cannot start: {cannot}", file=sys.stderr)
                return CANNOT_START
            lines, amiss = stage.lines(), stage.amiss()
        if not drained:
            amiss.append("not everything was delivered in the time given")
        return report(lines, amiss, data=folder, log=log)


def _play(stage: Stage, site: Site, seconds: float | None, stopped: threading.Event) -> bool:
    """Open, play, finish, and wait until nothing waits; False when it would not drain."""
    console = Console(highlight=False)
    stage.open(site.app(), people=seconds is not None)
    person = stage.machines[0].person
    assert isinstance(person, PersonAtABody)
    site.hands = hands = Hands(stage, person)
    if seconds is None:
        console.print("the machine is ready; Ctrl-C ends it", style="dim")
        stopped.wait()
    else:
        console.print(f"the machine is ready; people come for {seconds:g} seconds", style="dim")
        stage.let_people_in()
        stopped.wait(seconds)
    with suppress(Refusal, LineDown):
        hands.let_go()
    stage.send_people_home()
    _finish(stage)
    return stage.drain()


def _finish(stage: Stage) -> None:
    """Whoever stands there takes their things and presses Done."""
    person = stage.machines[0].person
    with suppress(Refusal, LineDown):
        person.take()
    with suppress(Refusal, LineDown):
        person.press("done")
