"""The intake's throughput: items a minute, and what it spends outside the model.

In virtual time the software that ships runs on a body of physical models (inertia, debounced barriers, polling) with a
model of 150 ms. In real time the same software runs with the real model, a real journal that syncs each entry, and a
hand and a belt that take the times measured in virtual time; virtual time is then run again with the times that the
model and the journal took in reality.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any, cast

from adapters.clock.chance import Uuid7Source
from adapters.clock.system import SystemClock
from adapters.journal.apsw_journal import ApswJournal
from adapters.scheduling.real_time import RealTimeScheduler
from adapters.vision.figures import figures
from adapters.vision.frame import PictureFrame
from adapters.vision.pictures import read_picture
from application.machine.take_in import Body, TakeIn
from application.machine.watch_the_body import WatchTheBody
from application.machine.watched_camera import WatchedCamera
from application.ports.hardware import Button, ButtonPressed, Fitted, ItemPresence
from benchmarks.recognise import PICTURES
from benchmarks.row import Beside, Goal, Row
from domain.body.frame_quality import Figures
from domain.deposits.bodies import Counters
from domain.deposits.intake import effects, events
from domain.deposits.intake.state import Configuration, ItemState, VisitState
from entrypoints.eyes import Eyes, open_eyes
from simulators.bench.clockwork import COSTS
from simulators.screen import SimulatedScreen
from simulators.world.bodied import BodiedMachine

ITEMS = 40
"""In virtual time."""
REAL_ITEMS = 24
PATIENCE_S = 60.0
HAND_S = 0.3
"""From reaching in to having drawn back: somebody with a bag who has the next item in the hand."""
COMMERCIAL = 45
"""Items a minute of a commercial single-feed machine, the lower end of 45 to 60."""


def rows() -> Sequence[Row]:
    """Measure."""
    virtual, parts = in_virtual_time(COSTS)
    told = (
        f"{ITEMS} items in virtual time; model 150 ms, two exposures of 60 ms, two entries of 5 ms an item",
        f"hand {1000 * HAND_S:.0f} ms; settling (hand gone until looked at) {parts['settling']:.0f} ms",
        f"decision until the motor turns {parts['second look']:.0f} ms; travel of 210 mm {parts['travel']:.0f} ms",
    )
    first = Row(
        "items a minute, virtual", virtual, "items/min", Beside("commercial, single feed", COMMERCIAL),
        Goal(at_least=1.0), told,
    )  # fmt: skip
    real = RealRun(open_eyes(), travel_s=parts["travel"] / 1_000)
    a_minute = real.run()
    costs = {
        **COSTS,
        "capture": round(1e6 * median(real.spent["capture"])),
        "watch": round(1e6 * median(real.spent["capture"])),
        "recognise": round(1e6 * mean(real.spent["recognise"])),
        "journal": round(1e6 * mean(real.spent["journal"])),
    }
    again, _ = in_virtual_time(costs)
    model = mean(real.spent["recognise"])
    whole = mean(real.decided)
    conditions = (
        f"{REAL_ITEMS} packaged photographs, real time; model {real.eyes.model}: {1000 * model:.0f} ms each (mean)",
        f"journal {costs['journal'] / 1000:.1f} ms an entry with its sync; picture {costs['capture'] / 1000:.1f} ms",
        "hand, travel and watching of hands as in virtual time; the virtual run has the measured times",
    )
    return [
        first,
        Row("items a minute, real model", a_minute, "items/min", Beside("virtual time", again),
            Goal(at_least=0.9), conditions),
        Row("item admitted -> decision durable", 1000 * whole, "ms", Beside("the model alone", 1000 * model),
            Goal(at_most=1.1), conditions),
    ]  # fmt: skip


# ------------------------------------------------------------------ virtual time


def in_virtual_time(costs: Mapping[str, int]) -> tuple[float, Mapping[str, float]]:
    """Return items a minute, and the milliseconds of an item's parts."""
    marks: dict[str, list[int]] = {"gone": [], "admitted": [], "decided": [], "turns": [], "moved": []}

    def observe(event: events.Event, state: Any, wanted: tuple[effects.Effect, ...]) -> None:
        moves = any(isinstance(effect, effects.Move) for effect in wanted)
        for name, happened in (
            ("admitted", isinstance(event, events.HandGone) and state.item.state is ItemState.CAPTURING),
            ("decided", isinstance(event, events.Journalled) and state.item.state is ItemState.CHECKING),
            ("turns", moves),
            ("moved", isinstance(event, events.Moved)),
        ):
            if happened:
                marks[name].append(machine.now)

    machine = BodiedMachine(1, _frame, figures, costs=costs, observer=observe)
    machine.plug_in()
    machine.come()
    begun = machine.now
    for number in range(ITEMS):
        machine.until(lambda: machine.waits_for_items, 10)
        machine.put(f"item {number}", hand_s=HAND_S)
        marks["gone"].append(machine.now)
        machine.clear_away()
    machine.until(lambda: machine.waits_for_items, 10)
    taken = (machine.now - begun) / 60_000_000

    def between(first: str, second: str) -> float:
        pairs = zip(marks[first], marks[second], strict=True)
        return mean(later - sooner for sooner, later in pairs) / 1_000

    parts = {
        "settling": between("gone", "admitted"),
        "second look": between("decided", "turns"),
        "travel": between("turns", "moved"),
    }
    return ITEMS / taken, parts


def _frame(pixels: Any, digest: str) -> PictureFrame:
    return PictureFrame(pixels, pixels.shape[1], pixels.shape[0], digest)


# ------------------------------------------------------------------ real time


class RealRun:
    """The software in real time, on a hand and a belt that take their time."""

    def __init__(self, eyes: Eyes, travel_s: float) -> None:
        """`travel_s` is how long the belt takes."""
        self.eyes = eyes
        self._travel_s = travel_s
        self.spent: dict[str, list[float]] = {"recognise": [], "journal": [], "capture": []}
        self.decided: list[float] = []
        self._admitted = 0.0
        self._hand = self._lies = False
        self._counted = 0
        self._ready = threading.Event()
        containers = [
            path for path in sorted(PICTURES.glob("*/*.jpg")) if path.parent.name in ("glass", "metal", "plastic")
        ]
        self._files = [containers[number % len(containers)] for number in range(REAL_ITEMS + 1)]
        self._at = 0

    def run(self) -> float:
        """Return items a minute."""
        with tempfile.TemporaryDirectory() as folder:
            scheduler = RealTimeScheduler()
            self._assemble(scheduler, Path(folder))
            person = threading.Thread(target=self._come, args=(scheduler,), daemon=True)
            self._life.start()
            self._watching.start()
            person.start()
            scheduler.run()
            person.join()
        return 60 * REAL_ITEMS / self._taken

    def _assemble(self, scheduler: RealTimeScheduler, folder: Path) -> None:
        clock, journal = SystemClock(), ApswJournal(folder / "journal.db")
        journal.append = self._timed("journal", journal.append)  # type: ignore[method-assign]
        camera = WatchedCamera(self, figures, self._pictured)
        body = Body(
            scheduler=scheduler, camera=camera, chute=self, screen=SimulatedScreen(), journal=journal,
            verifier=cast("Any", None), uplink=cast("Any", None),
            recognise=self._timed("recognise", self.eyes.recognise), clock=clock, ids=Uuid7Source(),
            trust=lambda: None, restart=lambda _: scheduler.stop(),
        )  # fmt: skip
        configuration = Configuration("benchmark", self.eyes.model, self.eyes.policy)
        self._life = TakeIn(body, configuration, machine="00000000-0000-4000-8000-000000000001", observer=self._observe)
        self._watching = WatchTheBody(self._life, scheduler, self, Fitted(opening=self), clock)

    def _observe(self, event: events.Event, state: Any, wanted: tuple[effects.Effect, ...]) -> None:
        if isinstance(event, events.HandGone) and state.item.state is ItemState.CAPTURING:
            self._admitted = time.perf_counter()
        if isinstance(event, events.Journalled) and state.item.state in (ItemState.CHECKING, ItemState.RETURNING):
            self.decided.append(time.perf_counter() - self._admitted)
        waits = state.visit.state is VisitState.OPEN and state.item.state in (ItemState.NONE, ItemState.OFFERED)
        if waits and isinstance(event, events.Journalled):
            self._ready.set()

    def _pictured(self, seen: Figures | None) -> None:
        self._watching.pictured(seen)

    def _come(self, scheduler: RealTimeScheduler) -> None:
        try:
            self._person()
        finally:
            scheduler.soon(scheduler.stop)

    def _person(self) -> None:
        time.sleep(0.5)
        self._life.notice(ButtonPressed(Button.GUEST))
        begun = time.perf_counter()
        for number in range(REAL_ITEMS + 1):
            self._wait()
            if number == 1:  # the first one warms up
                for spent in (*self.spent.values(), self.decided):
                    spent.clear()
                begun = time.perf_counter()
            if self._lies:  # it was given back
                self._presence(present=False)
            self._at = number
            self._hand = True
            self._presence(present=True)
            time.sleep(HAND_S)
            self._hand = False
        self._wait()
        self._taken = time.perf_counter() - begun

    def _wait(self) -> None:
        """Wait until the machine asks for an item. Raises TimeoutError."""
        if not self._ready.wait(PATIENCE_S):
            raise TimeoutError("the machine asks for no item")
        self._ready.clear()

    def _presence(self, *, present: bool) -> None:
        self._lies = present
        self._life.notice(ItemPresence(present))
        self._watching.notice(ItemPresence(present))

    def _timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any) -> Any:
            begun = time.perf_counter()
            try:
                return work(*arguments)
            finally:
                self.spent[name].append(time.perf_counter() - begun)

        return timed

    # ------------------------------------------------------------ the ports

    def capture(self) -> Any:
        """Camera: a photograph, decoded anew."""
        begun = time.perf_counter()
        frame = read_picture(self._files[self._at])
        self.spent["capture"].append(time.perf_counter() - begun)
        return frame

    def dark(self) -> bool:
        """OpeningSensor."""
        return self._hand

    def halt(self) -> None:
        """Chute: it stands still."""

    def take_in(self) -> None:
        """Chute: the item travels, and is counted."""
        time.sleep(self._travel_s)
        self._counted += 1
        self._presence(present=False)

    def give_back(self) -> None:
        """Chute: the item travels to the opening."""
        time.sleep(self._travel_s)

    def loosen(self) -> None:
        """Chute: a little back."""

    def counters(self) -> Counters:
        """Chute."""
        return Counters(self._counted, 0)

    def present(self) -> bool:
        """Chute."""
        return self._lies
