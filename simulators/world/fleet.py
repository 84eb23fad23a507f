"""A fleet from a seed: machines, people, troubles, and the accounts at the end."""

from __future__ import annotations

import random
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Generator, Sequence

import simpy
from attrs import define, field, frozen

from application.ports.signing import SignatureVerifier, Signer
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.bodies import ItemDecided, ItemSettled, Outcome, body_of
from domain.deposits.intake.effects import Effect
from domain.deposits.intake.events import Event, TimerFired
from domain.deposits.intake.state import Configuration, HealthState, Intake, ItemState, VisitState
from domain.deposits.journal import read
from domain.deposits.recognition import Counting
from domain.deposits.settlement import Standing
from simulators.chute import Place, Thing
from simulators.vision import Recorded
from simulators.world.invariants import broken_promises
from simulators.world.machine import CONFIGURATION, COUNTING, WALL_AT_ZERO, SimulatedMachine
from simulators.world.people import Manners, Person
from simulators.world.platform import WorldPlatform, WorldUplink
from simulators.world.things import Things
from simulators.world.trouble import MINUTE, Climate, Trouble

SECOND = 1_000_000
MOST_LINES = 400
"""Lines of the timeline that are kept: the newest."""
LONGEST_SETTLING = 60 * MINUTE
"""Within this after the last trouble, everything is at rest and recorded."""
ROUGH = Manners(walks_off=0.05, pushes_two=0.08, grabs_back=0.05, reports_again=0.3)


@frozen
class Report:
    """What came of a run."""

    seed: int
    counts: Counter[str]
    wrong: tuple[str, ...]
    timeline: tuple[str, ...]


@define(eq=False)
class Fleet:
    """One run. Everything in it follows from the seed."""

    seed: int
    machines: int
    store: UnitOfWorkFactory
    signer: Signer
    verifier: SignatureVerifier
    climate: Climate = field(factory=Climate)
    manners: Manners = ROUGH
    samples: Sequence[Recorded] = ()
    """What a model said of photographs; without any, things are plainly what they are."""
    configuration: Configuration = CONFIGURATION
    counting: Counting = COUNTING
    every: int = 2 * MINUTE
    """From one person to the next at one machine, microseconds on average."""
    env: simpy.Environment = field(factory=simpy.Environment)
    timeline: deque[str] = field(factory=lambda: deque(maxlen=MOST_LINES))
    counts: Counter[str] = field(factory=Counter)
    people: dict[str, str] = field(factory=dict)
    """Ids of those with an account, by name."""
    _things: Things = field(init=False)
    _platform: WorldPlatform = field(init=False)
    _fleet: list[SimulatedMachine] = field(factory=list, init=False)
    _troubles: list[Trouble] = field(factory=list, init=False)
    _brought: defaultdict[str, list[Thing]] = field(factory=lambda: defaultdict(list), init=False)
    """Everything that people ever brought to a machine."""
    _wrong: list[str] = field(factory=list, init=False)
    _ended: bool = field(default=False, init=False)

    def run(self, hours: float) -> Report:
        """Let people come for so many hours, then let everything come to rest, and look at the accounts."""
        self._set_up()
        self.env.run(until=round(hours * 60 * MINUTE))
        self._ended = True
        for trouble in self._troubles:
            trouble.end()
        self._come_to_rest()
        for machine in self._fleet:
            self._wrong += broken_promises(machine.disk.entries, self._brought[machine.id])
        self._wrong += self._accounts()
        self.counts["entries"] = sum(len(machine.disk.entries) for machine in self._fleet)
        self.counts["boots"] = sum(machine.lives for machine in self._fleet)
        return Report(self.seed, self.counts, tuple(dict.fromkeys(self._wrong)), tuple(self.timeline))

    # ------------------------------------------------------------ the world

    def _set_up(self) -> None:
        self._things = Things(random.Random(f"{self.seed} things"), samples=self.samples)
        self._platform = WorldPlatform(
            self.store, self.signer, self.verifier, self._now, wall_at_zero=WALL_AT_ZERO, seed=self.seed
        )
        for number in range(self.machines):
            name = f"machine {number + 1}"
            chance = random.Random(f"{self.seed} {name}")
            uplink = WorldUplink(self._platform, self._platform.machine(name))
            machine = SimulatedMachine(
                self.env, uplink.machine, self._things, uplink, self.verifier, seed=self.seed * 100 + number + 1,
                clock_skew=chance.randrange(-3, 4) * 86_400 * SECOND, observer=self._watch(name),
                configuration=self.configuration, counting=self.counting,
            )  # fmt: skip
            trouble = Trouble(self.env, machine, uplink, self.climate, chance, self._teller(name), self.counts)
            self._fleet.append(machine)
            self._troubles.append(trouble)
            machine.plug_in()
            trouble.begin()
            self.env.process(self._people(machine, name))

    def _people(self, machine: SimulatedMachine, name: str) -> Generator[simpy.Event, None, None]:
        chance = random.Random(f"{self.seed} people of {name}")
        while not self._ended:
            yield self.env.timeout(round(chance.expovariate(1 / self.every)))
            if self._ended:
                return
            person = self._person(chance)
            self._brought[machine.id] += person.bag
            self._tell(name, f"{person.name} comes with {', '.join(thing.tag for thing in person.bag)}")
            yield self.env.process(person.visit(machine, self.env))
            self.counts["people"] += 1
            self.counts["gave up"] += person.gave_up
            self._tell(name, f"{person.name} leaves")
            self._check_promises(machine, name)

    def _person(self, chance: random.Random) -> Person:
        bag = [self._things.any() for _ in range(chance.randrange(1, 6))]
        if chance.random() < 0.1:
            return Person("a guest", bag, lambda: None, chance, self.manners)
        if self.people and chance.random() < 0.3:
            name = chance.choice(sorted(self.people))
        else:
            name = f"person {len(self.people) + 1}"
            self.people[name] = self._platform.person()
        account = self.people[name]
        return Person(name, bag, lambda: self._platform.code(account), chance, self.manners)

    def _come_to_rest(self) -> None:
        end = self.env.now + LONGEST_SETTLING
        while self.env.now < end:
            self.env.run(until=min(end, self.env.now + MINUTE))
            if all(self._at_rest(machine) for machine in self._fleet):
                return
        for number, machine in enumerate(self._fleet, 1):
            if not self._at_rest(machine):
                self._wrong.append(f"machine {number} is not at rest: {_where(machine)}")

    def _at_rest(self, machine: SimulatedMachine) -> bool:
        life = machine.life
        if life is None or life.state.health.state is not HealthState.IN_SERVICE:
            return False
        idle = life.state.visit.state is VisitState.IDLE and life.state.item.state is ItemState.NONE
        held = self._platform.held(machine.id)
        return idle and held is not None and read(machine.disk.entries[-1]).hash == held.hash

    # ------------------------------------------------------------ the accounts

    def _check_promises(self, machine: SimulatedMachine, name: str) -> None:
        for wrong in broken_promises(machine.disk.entries, self._brought[machine.id], at_rest=False):
            self._tell(name, f"WRONG: {wrong}")
            self._wrong.append(f"{name}: {wrong}")

    def _accounts(self) -> list[str]:
        """Look at each thing and each balance as the platform has them."""
        wrong = [f"the platform noted {number} x {kind}" for kind, number in self._platform.trouble.items()]
        recorded = Counter(judged.entry.hash for judged in self._platform.judged)
        for machine in self._fleet:
            missing = [raw for raw in machine.disk.entries if recorded[read(raw).hash] != 1]
            wrong += [f"entry {read(raw).id} was recorded {recorded[read(raw).hash]} times" for raw in missing]
        pictures = {
            judged.entry.id: body.picture.sha256
            for judged in self._platform.judged
            if isinstance(body := body_of(judged.entry), ItemDecided) and body.picture
        }
        credited: dict[str, list[Standing]] = {}
        points: Counter[str] = Counter()
        for judged in self._platform.judged:
            body = body_of(judged.entry)
            if not isinstance(body, ItemSettled) or judged.verdict is None or judged.visit is None:
                continue
            self.counts[f"{body.outcome.value}, {judged.verdict.standing.value}"] += 1
            if judged.visit.person is not None and judged.verdict.standing in {Standing.CREDITED, Standing.REPRICED}:
                points[judged.visit.person] += judged.verdict.points
            if body.outcome is Outcome.STORED and judged.visit.person is not None:
                credited.setdefault(pictures.get(body.item, ""), []).append(judged.verdict.standing)
        wrong += [fault for thing in self._things.made for fault in _credited(thing, credited.get(thing.picture, []))]
        for name, account in self.people.items():
            if self._platform.balance(account) != points[account]:
                wrong.append(f"{name} has {self._platform.balance(account)} points and was credited {points[account]}")
        return wrong

    # ------------------------------------------------------------ telling

    def _now(self) -> int:
        return round(self.env.now)

    def _watch(self, name: str) -> Callable[[Event, Intake, tuple[Effect, ...]], None]:
        def observe(event: Event, state: Intake, wanted: tuple[Effect, ...]) -> None:
            if wanted and not (isinstance(event, TimerFired) and len(wanted) == 1):
                where = f"{state.visit.state.value}/{state.item.state.value}/{state.health.state.value}"
                self._tell(name, f"{type(event).__name__} -> {where}")

        return observe

    def _teller(self, name: str) -> Callable[[str], None]:
        def tell(what: str) -> None:
            self._tell(name, what)

        return tell

    def _tell(self, who: str, what: str) -> None:
        self.timeline.append(f"{self.env.now / SECOND:10.3f} s  {who}: {what}")


def _credited(thing: Thing, standings: list[Standing]) -> list[str]:
    """Of a session's thing in the bin exactly one verdict, a credit; of others none."""
    if thing.place is not Place.BIN:
        return [f"{thing.tag} is not in a bin and was judged stored: {standings}"] if standings else []
    if standings and standings not in ([Standing.CREDITED], [Standing.REPRICED]):
        return [f"{thing.tag} is in a bin and was judged {[standing.value for standing in standings]}"]
    return []


def _where(machine: SimulatedMachine) -> str:
    if machine.life is None:
        return "without power"
    state = machine.life.state
    faults = ", ".join(sorted(state.health.faults))
    return f"{state.visit.state.value}/{state.item.state.value}/{state.health.state.value} ({faults})"
