"""Everything of a demo that runs, started and ended in order: platform, network, machines, people, faults."""

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from application.ports.unit_of_work import UnitOfWorkFactory
from entrypoints.demo.board import Board
from entrypoints.demo.events import EventLog
from entrypoints.demo.faults import Blow, Incident, Moment, script
from entrypoints.demo.guest import Guest
from entrypoints.demo.hosting import Platform, Registration
from entrypoints.demo.hull import RIG, Hull
from entrypoints.demo.live_proof import LiveProof
from entrypoints.demo.machine import DemoMachine, count_pictures
from entrypoints.demo.names import person_name
from entrypoints.demo.people import Person
from entrypoints.demo.pictures import Album, Supply
from entrypoints.demo.proxy import Network
from entrypoints.demo.summary import Line

PEOPLE_PER_MACHINE = 2
SAMPLES = 6
AT_ONCE = 8
BOOT_S = 60.0
HOME_S = 40.0
DRAIN_S = 60.0
PICTURES_S = 20.0
TEND_S = 0.25
MOMENT_S = 6.0
HOPELESS = 2
"""An agent that ended so often by itself before it ever served will not serve."""
IDLE = {"welcome", "thanks", "out_of_service"}


class NotStarted(RuntimeError):
    """A machine did not start; the message has the end of what it wrote."""


class Stage:
    """A demo that runs."""

    def __init__(
        self, platform: Platform, *, machines: int, seed: int, pictures: list[Path], data: Path, events: EventLog,
        settings: dict[str, str] | None = None, samples: int = SAMPLES, hull: Hull = RIG,
    ) -> None:  # fmt: skip
        """`settings` are for the machines' agents, as environment variables; `samples` lie ready for a visitor,
        `hull` is what the machines are made of.
        """
        self.platform = platform
        self.events = events
        self.album = Album(data / "pictures")
        self.board = Board(platform.part(UnitOfWorkFactory), platform.organisation)
        self.samples = _samples(pictures, samples)
        self.network = Network()
        self._seed = seed
        self._supply_files = pictures
        self._leaving = threading.Event()
        self._doors = threading.Event()
        self._ended = threading.Event()
        self._people: list[Person] = []
        self._tender = threading.Thread(target=self._tend, name="tender", daemon=True)

        def set_up(number: int, one: Registration) -> DemoMachine:
            return DemoMachine(
                id=one.id, name=one.name, api_key=one.api_key, folder=data / "machines" / one.id, logs=data / "logs",
                proxy=self.network.proxy(platform.port_for(number)), events=events, settings=settings or {}, hull=hull,
            )  # fmt: skip

        registered = platform.machines(machines)
        with ThreadPoolExecutor(max_workers=AT_ONCE) as together:
            self.machines = list(together.map(set_up, itertools.count(), registered))
        self.guests = {machine.id: Guest(machine, self.album) for machine in self.machines}
        self._proof = LiveProof(platform.engine)

    # ------------------------------------------------------------ for the page

    def world(self) -> list[dict[str, Any]]:
        """What can be seen of each machine by standing there."""
        return [machine.world() for machine in self.machines]

    def watcher_token(self) -> str:
        return self.platform.watcher_token()

    def live_proof(self) -> dict[str, Any]:
        return self._proof.read()

    # ------------------------------------------------------------ begin

    def open(self, site: ASGIApp, *, people: bool = False) -> None:
        """The platform answers, with the site beside it, and machines start; returns when each of them serves.

        Meanwhile people may sign up; they come when they are let in.
        """
        self.platform.publish_prices()
        self.platform.serve(site)
        for machine in self.machines:
            machine.power_on()
        self._tender.start()
        if people:
            self._invite()
        for machine in self.machines:
            _until(lambda: machine.look().screen in IDLE or machine.tally.exits >= HOPELESS, BOOT_S)  # noqa: B023 (at once)
            if machine.look().screen not in IDLE:
                raise NotStarted(f"{machine.name} did not start:\n{machine.agent_log}")

    def let_people_in(self) -> None:
        """From now on people come, until they are sent home."""
        if not self._people:
            self._invite()
        self._doors.set()

    def _invite(self) -> None:
        self._leaving = threading.Event()
        self._doors = threading.Event()
        for number in range(PEOPLE_PER_MACHINE * len(self.machines)):
            favourite = number % len(self.machines)
            person = Person(
                person_name(number),
                platform=f"http://127.0.0.1:{self.platform.port_for(number)}",
                machines=[*self.machines[favourite:], *self.machines[:favourite]],
                supply=Supply(self._supply_files, self._seed * 1000 + number),
                album=self.album,
                events=self.events,
                seed=self._seed,
                doors=self._doors,
                leaving=self._leaving,
            )
            self._people.append(person)
            person.start()

    def play(self, seconds: float | None, stopped: threading.Event) -> None:
        """Let the script's incidents happen until the time is up, or somebody asks to stop."""
        start = time.monotonic()
        end = None if seconds is None else start + seconds
        late = 0.0
        for incident in itertools.chain(script(self._seed, len(self.machines), seconds), _pauses(end)):
            if _wait_until(start + incident.at + late, end, stopped):
                return
            # A blow waits for its moment, and everything after it with it: a restart never comes before its kill.
            late += self._strike(incident, stopped)

    def _strike(self, incident: Incident, stopped: threading.Event) -> float:
        machine = self.machines[incident.machine]
        began = time.monotonic()
        if incident.blow is Blow.KILL:
            moment = _MOMENTS[incident.moment]
            while time.monotonic() - began < MOMENT_S and not stopped.is_set() and not moment(machine):
                time.sleep(0.02)
            machine.power_off()
        elif incident.blow is Blow.RESTART:
            machine.power_on()
        elif incident.blow is Blow.CUT:
            machine.cut()
        else:
            machine.restore()
        return time.monotonic() - began

    # ------------------------------------------------------------ end

    def send_people_home(self) -> None:
        """Everybody finishes what they are at and goes."""
        self._leaving.set()
        self._doors.set()
        end = time.monotonic() + HOME_S
        for person in self._people:
            person.join(max(0.1, end - time.monotonic()))
        self._people.clear()

    def drain(self) -> bool:
        """Mend everything and wait until no visit is open and no entry waits; False when that took too long."""
        for machine in self.machines:
            machine.restore()
            if not machine.power:
                machine.power_on()
        drained = _until(self._quiet, DRAIN_S) and _until(lambda: not self._pictures()[1], PICTURES_S)
        sent, left = self._pictures()
        self.events.write("pictures", sent=sent, left=left)
        self.events.write("drained", complete=drained, waiting={one.name: one.waiting for one in self.machines})
        return drained

    def lines(self) -> list[Line]:
        """What came of it, by machine."""
        paid = {one["id"]: one["points"] for one in self.board.read()["machines"]}
        return [_line(machine, paid.get(machine.id, 0)) for machine in self.machines]

    def amiss(self) -> list[str]:
        """What screens showed at power losses and journals did not hold."""
        return [what for machine in self.machines for what in machine.tally.amiss]

    def _pictures(self) -> tuple[int, int]:
        """How many pictures the machines have dealt with, and how many are left."""
        each = [count_pictures(machine.journal) for machine in self.machines]
        return sum(done for done, _ in each), sum(left for _, left in each)

    def _quiet(self) -> bool:
        return all(machine.look().screen in IDLE and machine.waiting == 0 for machine in self.machines)

    def close(self) -> None:
        """End every process and thread. Safe at any moment, and twice."""
        self._leaving.set()
        self._doors.set()
        self._ended.set()
        if self._tender.is_alive():
            self._tender.join(10)
        with ThreadPoolExecutor(max_workers=len(self.machines) + 1) as together:
            list(together.map(DemoMachine.end, self.machines))
        for machine in self.machines:
            machine.proxy.close()
        self.network.close()
        self.platform.close()

    def _tend(self) -> None:
        while not self._ended.wait(TEND_S):
            for machine in self.machines:
                machine.tend()
                self.guests[machine.id].tend()


def _line(machine: DemoMachine, points: int) -> Line:
    told = machine.told()
    accepted = sum(item.decision.accepted for item in told.decided.values())
    return Line(
        name=machine.name, items=len(told.decided), accepted=accepted, refused=len(told.decided) - accepted,
        points=points, cuts=machine.tally.cuts, kills=machine.tally.kills, waiting=machine.waiting,
    )  # fmt: skip


_MOMENTS: dict[Moment, Callable[[DemoMachine], bool]] = {
    Moment.ANY: lambda _: True,
    Moment.ITEM_INSIDE: lambda machine: machine.look().present,
    Moment.MOTOR_TURNS: lambda machine: machine.look().motor_turns,
}


def _pauses(end: float | None) -> list[Incident]:
    """After the last incident of a play with an end: nothing more, but the time goes on."""
    return [] if end is None else [Incident(at=float("inf"), machine=0, blow=Blow.RESTORE)]


def _wait_until(moment: float, end: float | None, stopped: threading.Event) -> bool:
    """Wait for a moment; True when the play ended before."""
    until = moment if end is None else min(moment, end)
    if stopped.wait(max(0.0, until - time.monotonic())):
        return True
    return end is not None and time.monotonic() >= end


def _until(ready: Callable[[], bool], within: float) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(0.1)
    return False


def _samples(pictures: list[Path], most: int) -> list[Path]:
    """A few photographs of different classes, for a visitor who has none at hand."""
    by_class: dict[Path, list[Path]] = {}
    for picture in pictures:
        by_class.setdefault(picture.parent, []).append(picture)
    rows = itertools.zip_longest(*by_class.values())
    return [picture for row in rows for picture in row if picture is not None][:most]
