"""One machine of the demo: simulated hardware and agent, each a process, and its way to the platform."""

import json
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from domain.pictures.sending import read as read_mark
from entrypoints.demo.events import EventLog
from entrypoints.demo.hull import RIG, Hull
from entrypoints.demo.place import Place
from entrypoints.demo.processes import Process
from entrypoints.demo.proxy import Proxy
from entrypoints.demo.story import Story, read_story, unbacked
from entrypoints.machine.container import PICTURES_MARK

AGENT = "entrypoints.machine.agent"
WITHIN = {"intake", "opening"}
FRESH_S = 0.06
"""For that long a look at the hardware serves everybody who looks."""
AGAIN_S = 1.0
"""An agent that ended by itself is started again, but not at once after its start."""
OFF_LINE_QUEUE = 3
"""Entries that wait for a moment also when all is well; more of them is a queue."""


@frozen
class Sight:
    """What somebody sees who stands before the machine."""

    screen: str | None
    """Name of the screen; None while it is dark."""
    visit: str | None
    code: str | None
    """Why the code was refused."""
    present: bool
    motor_turns: bool
    view: dict[str, Any] | None
    items: tuple[dict[str, Any], ...]

    @property
    def given_back(self) -> bool:
        """Whether something was moved out, or lies in the intake and the screen asks to take it."""
        if not self.present or self.motor_turns:
            return False
        return self.screen == "take_back" or any(item["where"] == "opening" for item in self.items)

    def lies_inside(self, tag: str) -> bool:
        """Whether the item with this tag is in the intake, or was moved out and waits to be taken."""
        return any(item["tag"] == tag and item["where"] in WITHIN for item in self.items)


@define
class Tally:
    """What happened to a machine."""

    cuts: int = 0
    kills: int = 0
    longest_queue: int = 0
    exits: int = 0
    """How often the agent ended by itself."""
    struck: dict[str, int] = field(factory=dict)
    """Power losses by the screen that was on."""
    amiss: list[str] = field(factory=list)
    """What a screen showed at a power loss and the journal did not hold."""


class DemoMachine:
    """A machine, and whoever stands before it."""

    def __init__(
        self, *, id: str, name: str, api_key: str, folder: Path, logs: Path, proxy: Proxy,
        events: EventLog, settings: dict[str, str], hull: Hull = RIG,
    ) -> None:  # fmt: skip
        self.id = id
        self.name = name
        self.journal = folder / "journal.db"
        self.proxy = proxy
        self.place = Place()
        self.visitor: str | None = None
        """The page's visitor who stands here, if one does."""
        self.tally = Tally()
        self.power = False
        self.waiting = 0
        self.catching_up = False
        self._events = events
        self._power_lock = threading.Lock()
        self._look_lock = threading.Lock()
        self._seen: Sight | None = None
        self._seen_at = 0.0
        self._started_at = 0.0
        self._views = 0
        self._dark_since = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._hull = hull
        self._hardware = Process(
            hull.module, hull.arguments(folder), settings={}, log=logs / f"{id}-{hull.part}.log", pipe=True
        )
        self._events.write("start", machine=name, id=id, part=hull.part, pid=self._hardware.start())
        port = self._listening()
        self.person = hull.person(("127.0.0.1", port), settings)
        """Hands and eyes before the machine."""
        self._agent = Process(
            AGENT,
            [],
            settings={
                "RVM_MACHINE_ID": id,
                "RVM_MACHINE_API_KEY": api_key,
                "RVM_MACHINE_PLATFORM_URL": f"http://127.0.0.1:{proxy.port}",
                "RVM_MACHINE_DATA": str(folder),
                "RVM_MACHINE_RIG": f"127.0.0.1:{port}",
                **hull.settings,
                "RVM_VISION_THREADS": "1",
                **settings,
            },
            log=logs / f"{id}-agent.log",
        )

    def _listening(self) -> int:
        part, line = self._hull.part, self._hardware.first_line()
        if not line:
            raise RuntimeError(f"the {part} of {self.name} did not start:\n{self._hardware.log_tail()}")
        return int(json.loads(line)[part])

    # ------------------------------------------------------------ power and network

    @property
    def agent_pid(self) -> int | None:
        """The agent's process while it runs."""
        return self._agent.pid

    @property
    def agent_log(self) -> str:
        """The end of what the agent wrote."""
        return self._agent.log_tail()

    def power_on(self) -> None:
        with self._power_lock:
            self.person.plug_in()
            self._start_agent()
            self.power = True

    def _start_agent(self) -> None:
        self._started_at = time.monotonic()
        self._events.write("start", machine=self.name, id=self.id, part="agent", pid=self._agent.start())

    def power_off(self) -> None:
        """The plug is pulled."""
        with self._power_lock:
            pid = self._agent.pid
            self._agent.kill()
            self.person.unplug()
            state = self.person.state()
            view = state["view"] if self.power and state["views"] > self._dark_since else None
            self._go_dark()
            screen = view["screen"] if view else "dark"
            self.tally.kills += 1
            self.tally.struck[screen] = self.tally.struck.get(screen, 0) + 1
            amiss = unbacked(view, read_story(self.journal))
            self.tally.amiss += [f"{self.name}: {what}" for what in amiss]
            self._events.write(
                "kill", machine=self.name, id=self.id, part="agent", pid=pid, screen=screen, motor=state["motor"],
                present=state["present"], counters=state["counters"], amiss=amiss,
            )  # fmt: skip

    def _go_dark(self, *, power: bool = False) -> None:
        with self._look_lock:
            self._dark_since = self.person.state()["views"]
            self.power = power
            self._seen = None

    def cut(self) -> None:
        torn = self.proxy.cut()
        self.tally.cuts += 1
        self._events.write("cut", machine=self.name, id=self.id, connections=torn, waiting=self.waiting)

    def restore(self) -> None:
        if not self.proxy.connected:
            self.proxy.restore()
            self.catching_up = True
            self._events.write("restore", machine=self.name, id=self.id, waiting=self.waiting)

    def tend(self) -> None:
        """Start the agent again where it ended by itself (its recovery asks for that), and count what waits."""
        with self._power_lock:
            if self.power and not self._agent.alive and time.monotonic() > self._started_at + AGAIN_S:
                status = self._agent.exit_status
                self.tally.exits += 1
                self._go_dark(power=True)
                self._events.write("exit", machine=self.name, id=self.id, part="agent", status=status)
                self._start_agent()
        self._count_waiting()

    def end(self) -> None:
        """Switch everything off, the agent first and politely."""
        with self._power_lock:
            self.power = False
            for part, process in (("agent", self._agent), (self._hull.part, self._hardware)):
                if process.alive:
                    self._events.write("end", machine=self.name, id=self.id, part=part, pid=process.pid)
                process.end()
        self.person.close()

    # ------------------------------------------------------------ what can be seen

    def look(self) -> Sight:
        """Look at the machine."""
        with self._look_lock:
            if self._seen is None or time.monotonic() - self._seen_at > FRESH_S:
                self._seen = self._see()
                self._seen_at = time.monotonic()
            return self._seen

    def _see(self) -> Sight:
        state = self.person.state()
        self._views = state["views"]
        # What the screen showed before the power went is not what it shows now.
        lit = self.power and self._views > self._dark_since
        view = state["view"] if lit else None
        return Sight(
            screen=view["screen"] if view else None,
            visit=view["visit"] if view else None,
            code=view["code"] if view else None,
            present=state["present"],
            motor_turns=state["motor"] != "still",
            view=view,
            items=tuple(state["items"]),
        )

    def world(self) -> dict[str, Any]:
        """What the page shows of what can be seen by standing there."""
        sight = self.look()
        return {
            "id": self.id, "name": self.name, "power": self.power, "network": self.proxy.connected,
            "waiting": self.waiting, "catching_up": self.catching_up, "screen": sight.screen, "view": sight.view,
            "present": sight.present, "visitor": self.visitor,
        }  # fmt: skip

    def told(self) -> Story:
        """What the machine's journal tells of items."""
        return read_story(self.journal)

    def _count_waiting(self) -> None:
        before, self.waiting = self.waiting, unsent(self.journal)
        if self.waiting != before and max(self.waiting, before) > OFF_LINE_QUEUE:
            self._events.write("queue", machine=self.name, id=self.id, waiting=self.waiting)
        self.tally.longest_queue = max(self.tally.longest_queue, self.waiting)
        if self.catching_up and self.waiting <= OFF_LINE_QUEUE and self.power:
            self.catching_up = False
            self._events.write("caught_up", machine=self.name, id=self.id, waiting=self.waiting)


def count_pictures(journal: Path) -> tuple[int, int]:
    """Count the pictures that a machine has dealt with, and those that it has left, by journal and mark, from outside.

    Every picture that a camera gave is kept and decided on, so what lies behind the mark is sent or is not wanted.
    """
    mark = journal.with_name(PICTURES_MARK)
    place = read_mark(mark.read_bytes() if mark.is_file() else None).place
    named = "SELECT COUNT(*) FROM entries WHERE kind = 'item_decided' AND instr(raw, :none) = 0 AND place"
    behind = "COALESCE((SELECT place FROM entries WHERE epoch = :epoch AND seq = :seq), 0)"
    which = {"none": b'"picture":null', "epoch": place.epoch if place else "", "seq": place.seq if place else -1}
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=2)) as connection:
        row = connection.execute(f"SELECT ({named} <= {behind}), ({named} > {behind})", which).fetchone()
    return int(row[0]), int(row[1])


def unsent(journal: Path) -> int:
    """Count the entries of a journal that its machine does not know to be held by the platform; from outside."""
    if not journal.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=2)) as connection:
            row = connection.execute(
                "SELECT (SELECT COUNT(*) FROM entries) - COALESCE((SELECT MAX(place) FROM entries"
                " JOIN acknowledged ON entries.epoch = acknowledged.epoch AND entries.seq = acknowledged.seq), 0)"
            ).fetchone()
    except sqlite3.OperationalError:
        return 0  # not made yet
    return int(row[0])
