"""People at machines: they do what the screen asks for, mostly."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence

import simpy
from attrs import define, field

from application.ports.hardware import Button
from application.ports.screen import ScreenName
from domain.deposits.scanning import CodeVerdict
from simulators.chute import FlapClosed, Place, Thing
from simulators.world.machine import SimulatedMachine

SECOND = 1_000_000
GLANCE = 400_000
"""Between two looks at the screen, microseconds."""
PATIENCE = 300 * SECOND
"""Until somebody gives up, whatever the screen says."""

_LOOKS_AT = {
    ScreenName.RECOGNISING, ScreenName.ACCEPTED, ScreenName.OPENING, ScreenName.CHECKING_CODE, ScreenName.STARTING,
    ScreenName.RECOVERING, ScreenName.FINISHING, ScreenName.HAND_IN_CHUTE, ScreenName.CLEARING,
}  # fmt: skip


@define
class Manners:
    """How far a person strays from what is asked, as chances in each situation."""

    walks_off: float = 0.0
    """Leaves without pressing done."""
    pushes_two: float = 0.0
    """Pushes a second thing in at once."""
    grabs_back: float = 0.0
    """Takes a thing back while it is looked at."""
    reports_again: float = 0.0
    """Puts a refused thing in again."""


POLITE = Manners()


@define(eq=False)
class Person:
    """Somebody with a bag of things and a code (or none: a guest)."""

    name: str
    bag: list[Thing]
    app: Callable[[], str | None]
    """Asks the app for a code; None for a guest."""
    chance: random.Random
    manners: Manners = POLITE
    kept: list[Thing] = field(factory=list)
    """Refused things that the person keeps."""
    tried_again: set[str] = field(factory=set)
    gave_up: bool = False
    holds: str | None = None
    _left: bool = False
    _foreign: str | None = None
    """The visit that somebody else had left open when the person came."""

    def visit(self, machine: SimulatedMachine, env: simpy.Environment) -> Generator[simpy.Event, None, None]:
        """Go to the machine, give what is in the bag, and leave."""
        begun = env.now
        self.holds = self.app()
        self._left = False
        self._foreign = machine.view.visit if machine.view is not None else None
        while not self._left:
            if env.now - begun > PATIENCE:
                self.gave_up = True
                break
            yield env.timeout(GLANCE + self.chance.randrange(GLANCE))
            self._act(machine)
        machine.held_up = None
        self._pick_up(machine)

    def _act(self, machine: SimulatedMachine) -> None:
        view = machine.view
        if view is None:
            return
        machine.held_up = None
        if view.screen in _LOOKS_AT:
            self._watch(machine, view.screen)
        elif view.screen in {ScreenName.REFUSED, ScreenName.TAKE_BACK}:
            self._take_back(machine)
        elif view.screen is ScreenName.INSERT and view.visit != self._foreign:
            self._give(machine)
        elif view.screen is ScreenName.OUT_OF_SERVICE or not (self.bag or machine.chute.row):
            self._left = True
        elif view.screen is ScreenName.CODE_REFUSED and view.code is not CodeVerdict.NOT_CHECKED:
            self.holds = self.app()
        elif self.holds is None:
            machine.press(Button.GUEST)
        else:
            machine.held_up = self.holds

    def _give(self, machine: SimulatedMachine) -> None:
        if self._strays(self.manners.walks_off):
            self._left = True
        elif self.bag:
            for _ in range(2 if self._strays(self.manners.pushes_two) else 1):
                if self.bag:
                    self._insert(machine, self.bag.pop())
        elif not machine.chute.row:
            machine.press(Button.DONE)
            self._left = True

    def _watch(self, machine: SimulatedMachine, screen: ScreenName) -> None:
        if screen is ScreenName.RECOGNISING and self._strays(self.manners.grabs_back):
            thing = machine.chute.take()
            if thing is not None:
                self.bag.append(thing)

    def _take_back(self, machine: SimulatedMachine) -> None:
        try:
            thing = machine.chute.take()
        except FlapClosed:
            return
        if thing is None:
            return
        if thing.tag not in self.tried_again and self._strays(self.manners.reports_again):
            self.tried_again.add(thing.tag)
            self.bag.append(thing)
        else:
            self.kept.append(thing)

    def _insert(self, machine: SimulatedMachine, thing: Thing) -> None:
        try:
            machine.chute.insert(thing)
        except FlapClosed:
            self.bag.append(thing)

    def _pick_up(self, machine: SimulatedMachine) -> None:
        """Take along what was left lying, unless one forgets it."""
        while machine.chute.row and not machine.chute.turning:
            thing = machine.chute.take()
            if thing is not None:
                self.kept.append(thing)

    def _strays(self, chance: float) -> bool:
        return chance > 0 and self.chance.random() < chance


def with_person(things: Sequence[Thing]) -> list[Thing]:
    """Return those that lie in no machine."""
    return [thing for thing in things if thing.place is Place.PERSON]
