"""Who follows a commissioning's guide from a terminal: a person who is told what to do, or simulated hands."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Protocol

from attrs import define

from application.machine.self_test.follow_guide import Live
from domain.commissioning.guide import Reason, Step, Task
from domain.commissioning.lines import Line
from entrypoints.demo.pictures import PACKAGED
from simulators.bench.person import NothingToTake, Person

TOLD = {
    Task.STILL: "Take everything out of the chute, shut the door, keep your hands away.",
    Task.LENS: "Wipe the lens. Leave the chute empty.",
    Task.HAND: "Hold a hand in the chute.",
    Task.BOTTLE: "Put a bottle into the opening, and take the hand out. It will be moved in.",
    Task.DOOR: "Pull the door open once the bolt is drawn.",
    Task.BIN_EMPTY: "Empty the bin {part}.",
    Task.BIN_FULL: "Hold a board at the full mark of the bin {part}.",
    Task.LIGHT: "Look at the light at the opening. Is it green, and steady?",
    Task.DIVERTER: "Look at the flap. Does it lead to the bin {part}?",
}
PULLS_S = 5.0
PATIENCE_S = 10.0
LOOK_S = 0.005
BOTTLE = PACKAGED / "glass" / "glass412.jpg"
REASONS = {"n": Reason.NOTHING_AT_HAND, "o": Reason.OUT_OF_REACH, "l": Reason.LATER}


class Installer(Protocol):
    """Somebody at the machine."""

    def does(self, step: Step, live: Callable[[], Live | None]) -> Reason | None:
        """Do what a step asks for; a reason: it is passed over."""

    def sees(self, step: Step) -> bool | Reason:
        """Say whether it looks as it should; a reason: it is passed over."""

    def again(self, step: Step, lines: tuple[Line, ...]) -> bool:
        """Say whether to measure again."""


@define
class ConsoleInstaller:
    """A person at a terminal. `ask` prints a question and returns the line that is typed."""

    ask: Callable[[str], str] = input

    def does(self, step: Step, live: Callable[[], Live | None]) -> Reason | None:
        """Tell what to do, and show the number as often as it is asked for."""
        while True:
            said = self.ask(f"  {told(step)} Enter: measure, v: the value now, s: pass over. ").strip().lower()
            if said == "s":
                return self._reason()
            if said != "v":
                return None
            now = live()
            self.ask(f"  now: {'nothing is told' if now is None else f'{now.value} {now.unit.value}'}. Enter. ")

    def sees(self, step: Step) -> bool | Reason:
        """Ask what is to be seen."""
        while True:
            said = self.ask(f"  {told(step)} [y/n, s: pass over] ").strip().lower()
            if said in ("y", "yes", "n", "no"):
                return said.startswith("y")
            if said == "s":
                return self._reason()

    def again(self, step: Step, lines: tuple[Line, ...]) -> bool:
        """Ask."""
        return self.ask("  Enter: go on, r: measure again. ").strip().lower() == "r"

    def _reason(self) -> Reason:
        while True:
            said = self.ask("  Why? n: nothing at hand, o: out of reach, l: later. ").strip().lower()
            if said in REASONS:
                return REASONS[said]


class SimulatedInstaller:
    """Hands at a simulated machine: they do what is asked, and eyes say what they see."""

    def __init__(self, person: Person, marks: dict[str, int]) -> None:
        """`marks` are the full marks, permille of each bin's depth."""
        self._person, self._marks = person, marks
        self._pulling: threading.Thread | None = None

    def does(self, step: Step, live: Callable[[], Live | None]) -> Reason | None:
        """Do it; what was held or opened before is put back first."""
        self._tidy()
        if step.task is Task.HAND:
            self._person.reach_in()
        elif step.task is Task.BOTTLE:
            self._person.put(BOTTLE.read_bytes())
        elif step.task is Task.DOOR:
            self._pulling = threading.Thread(target=self._pull, daemon=True)
            self._pulling.start()
        elif step.task is Task.BIN_EMPTY:
            self._person.empty(step.part)
        elif step.task is Task.BIN_FULL:
            self._person.fill(self._marks[step.part], step.part)
        self._settle()
        return None

    def sees(self, step: Step) -> bool | Reason:
        """Look at it."""
        self._tidy()
        self._settle()
        seen = self._person.state()
        if step.task is Task.DIVERTER:
            return bool(seen["diverter"] == step.part)
        red, green, blue, blinks = seen["light"]
        single = seen["microcontroller"] is None
        return bool(green) if single else bool(green > max(red, blue) and not blinks)

    def again(self, step: Step, lines: tuple[Line, ...]) -> bool:
        """Never: the same hands would do the same."""
        return False

    def _pull(self) -> None:
        """Pull until the bolt is drawn, for as long as a person would."""
        ends = time.monotonic() + PULLS_S
        while not self._person.open_door() and time.monotonic() < ends:
            time.sleep(LOOK_S)

    def _tidy(self) -> None:
        if self._pulling is not None:
            self._pulling.join()
        self._person.draw_back()
        self._person.shut_door()
        for name in self._marks:
            self._person.empty(name)
        with contextlib.suppress(NothingToTake):
            self._person.take()
        self._settle()

    def _settle(self, us: int = 300_000) -> None:
        ends = time.monotonic() + PATIENCE_S
        until_us = self._person.time_us + us
        while self._person.time_us < until_us and time.monotonic() < ends:
            time.sleep(LOOK_S)


def told(step: Step) -> str:
    """Return what a step asks for."""
    return TOLD[step.task].format(part=step.part)
