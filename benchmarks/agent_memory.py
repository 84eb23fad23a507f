"""How much memory a machine's agent needs: its share (PSS) of all pages, over its process tree, while items go in.

The bound is the project's: 400 MB with detector and classifier. RVM_BENCH_SECONDS is for how long it is watched
(default 60; the number in docs/benchmarks.md is of 600). Deposits are guests' visits with the packaged photographs, one
after the other, on a simulated body behind the adapters that ship; the platform is out of reach, so the journal grows
and waits. The body's process is not counted.
"""

from __future__ import annotations

import itertools
import os
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.row import Beside, Goal, Row
from entrypoints.demo.events import EventLog
from entrypoints.demo.hosting import listen
from entrypoints.demo.machine import DemoMachine
from entrypoints.demo.pictures import PACKAGED, find
from entrypoints.demo.proxy import Network
from entrypoints.machine.play.body import body_hull
from simulators.rig.line import Refusal

SECONDS = float(os.environ.get("RVM_BENCH_SECONDS", "60"))
BOUND_MB = 400
EVERY_S = 1.0
PATIENCE_S = 120.0
LOOK_S = 0.1
ITEMS = 4
"""Of a visit."""
NOBODY = 9
"""TCP's discard port: no platform there."""


class NotInTime(RuntimeError):
    """The machine did not come to this in time."""


def rows() -> Sequence[Row]:
    """Watch one machine at work."""
    with tempfile.TemporaryDirectory(prefix="myrvm-memory-") as folder:
        with listen(0) as free:
            kiosk = f"127.0.0.1:{free.getsockname()[1]}"
        machine = DemoMachine(
            id=str(uuid.uuid4()), name="Memory", api_key="", folder=Path(folder), logs=Path(folder) / "logs",
            proxy=Network().proxy(NOBODY), events=EventLog(None), settings={"RVM_MACHINE_KIOSK": kiosk},
            hull=body_hull(seed=1),
        )  # fmt: skip
        try:
            machine.power_on()
            _until(machine, "welcome")
            return [_row(machine)]
        finally:
            machine.end()


def pss_mb(pid: int) -> float:
    """Return the proportional set size of a process and its descendants, MB (proc(5), smaps_rollup)."""
    total = 0
    for each in (pid, *descendants(pid)):
        with suppress(FileNotFoundError, ProcessLookupError):
            for line in Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total / 1_000_000


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that a process started, and theirs."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text(encoding="ascii").split()):
            yield child
            yield from descendants(child)


def _row(machine: DemoMachine) -> Row:
    pid = machine.agent_pid
    if pid is None:
        raise NotInTime(f"the agent ended:\n{machine.agent_log}")
    pictures = itertools.cycle(find(PACKAGED))
    taken: list[float] = [pss_mb(pid)]
    end, next_look, items = time.monotonic() + SECONDS, time.monotonic(), 0
    visit = _visit(machine, pictures)
    while time.monotonic() < end:
        items += next(visit)
        if time.monotonic() >= next_look:
            taken.append(pss_mb(pid))
            next_look = time.monotonic() + EVERY_S
        time.sleep(LOOK_S)
    quarters = [taken[(len(taken) - 1) * part // 4] for part in range(5)]
    told = (
        f"PSS over the agent's process tree, {len(taken)} readings in {SECONDS:g} s; {items} items meanwhile",
        f"at the start, the quarters and the end: {', '.join(f'{mb:.0f}' for mb in quarters)} MB",
        "detector and classifier of the packaged model on ONNX Runtime, a thread each; kiosk served; body not counted",
    )
    return Row("agent at work, most PSS", max(taken), "MB", Beside("bound", BOUND_MB), Goal(at_most=1.0), told)


def _visit(machine: DemoMachine, pictures: Iterator[Path]) -> Iterator[int]:
    """Visit after visit, a small step at each call; yields how many items were put in by that step."""
    while True:
        machine.person.press("guest")
        while machine.look().screen not in {"insert", "recognising"}:
            yield 0
        for _ in range(ITEMS):
            while (sight := machine.look()).screen != "insert" or sight.present:
                if sight.given_back:
                    with suppress(Refusal):
                        machine.person.take()
                yield 0
            machine.person.insert(next(pictures).read_bytes(), uuid.uuid4().hex)
            yield 1
        while (sight := machine.look()).screen != "insert":
            if sight.given_back:
                with suppress(Refusal):
                    machine.person.take()
            yield 0
        machine.person.press("done")
        while machine.look().screen not in {"welcome", "thanks"}:
            yield 0


def _until(machine: DemoMachine, screen: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while machine.look().screen != screen:
        if time.monotonic() > end:
            raise NotInTime(f"no {screen} screen:\n{machine.agent_log}")
        time.sleep(LOOK_S)
