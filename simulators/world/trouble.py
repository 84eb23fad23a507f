"""What goes wrong with machines: networks, plugs, motors, cameras, links, disks, and who mends it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Generator

import simpy
from attrs import define

from application.ports.hardware import Fault
from domain.deposits.intake.state import Part
from simulators.chute import Mishap
from simulators.journal import SyncFault
from simulators.world.machine import SimulatedMachine
from simulators.world.platform import WorldUplink

MINUTE = 60_000_000


@define
class Climate:
    """How often each trouble comes to one machine, microseconds on average; None: never."""

    network: int | None = 15 * MINUTE
    lost_answer: int | None = 10 * MINUTE
    power: int | None = 20 * MINUTE
    mishap: int | None = 10 * MINUTE
    camera: int | None = 40 * MINUTE
    link: int | None = 40 * MINUTE
    disk: int | None = 60 * MINUTE


CALM = Climate(None, None, None, None, None, None, None)


@define(eq=False)
class Trouble:
    """Visits one machine with troubles from its own chance, until `over`."""

    env: simpy.Environment
    machine: SimulatedMachine
    uplink: WorldUplink
    climate: Climate
    chance: random.Random
    tell: Callable[[str], None]
    counts: Counter[str]
    over: bool = False

    def begin(self) -> None:
        """Let troubles come, and a technician who looks in."""
        climate = self.climate
        for name, every, what in (
            ("network", climate.network, self._network), ("lost answer", climate.lost_answer, self._lost_answer),
            ("power", climate.power, self._power), ("mishap", climate.mishap, self._mishap),
            ("camera", climate.camera, self._camera), ("link", climate.link, self._link),
            ("disk", climate.disk, self._disk),
        ):  # fmt: skip
            if every is not None:
                self.env.process(self._again(name, every, what))
        self.env.process(self._technician())

    def end(self) -> None:
        """Mend everything; nothing more goes wrong."""
        self.over = True
        self.uplink.reachable, self.uplink.lost_answers = True, 0
        self.machine.chute.reachable, self.machine.chute.mishap = True, None
        self.machine.break_camera(broken=False)
        self.machine.disk.next_sync = None

    def _again(self, name: str, every: int, what: Callable[[], Generator]) -> Generator[simpy.Event, None, None]:
        while True:
            yield self.env.timeout(round(self.chance.expovariate(1 / every)))
            if self.over:
                return
            self.counts[f"trouble: {name}"] += 1
            yield from what()

    def _for(self, least: int, most: int) -> simpy.Event:
        return self.env.timeout(self.chance.randrange(least, most))

    def _network(self) -> Generator[simpy.Event, None, None]:
        self.tell("the network is cut")
        self.uplink.reachable = False
        yield self._for(MINUTE // 6, 8 * MINUTE)
        self.uplink.reachable = True
        self.tell("the network is back")

    def _lost_answer(self) -> Generator[simpy.Event, None, None]:
        self.uplink.lost_answers += 1
        yield self._for(1, 2)

    def _power(self) -> Generator[simpy.Event, None, None]:
        chute = self.machine.chute
        if chute.turning and chute.row and self.chance.random() < 0.3:
            self.tell(f"{chute.row[0].tag} is half inside as the plug is pulled")
            chute.swallow()
        self.tell("the plug is pulled")
        self.machine.restart(self.chance.randrange(MINUTE // 3, 2 * MINUTE))
        yield self._for(1, 2)

    def _mishap(self) -> Generator[simpy.Event, None, None]:
        self.machine.chute.mishap = self.chance.choice(list(Mishap))
        self.tell(f"the next move goes wrong: {self.machine.chute.mishap.value}")
        yield self._for(1, 2)

    def _camera(self) -> Generator[simpy.Event, None, None]:
        self.tell("the camera is unplugged")
        self.machine.break_camera(broken=True)
        yield self._for(MINUTE // 6, 3 * MINUTE)
        self.machine.break_camera(broken=False)

    def _link(self) -> Generator[simpy.Event, None, None]:
        self.tell("the chute does not answer")
        self.machine.chute.reachable = False
        yield self._for(MINUTE // 12, MINUTE)
        self.machine.chute.reachable = True

    def _disk(self) -> Generator[simpy.Event, None, None]:
        self.tell("the next sync fails")
        self.machine.disk.next_sync = self.chance.choice(list(SyncFault))
        yield self._for(1, 2)

    def _technician(self) -> Generator[simpy.Event, None, None]:
        """Look in now and then and mend the motor."""
        while True:
            yield self._for(4 * MINUTE, 8 * MINUTE)
            life = self.machine.life
            if life is not None and Part.MOTOR.value in life.state.health.faults:
                self.tell("a technician frees the motor")
                life.notice(Fault(Part.MOTOR.value, present=False))
