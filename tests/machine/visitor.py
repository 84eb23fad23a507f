"""Somebody who uses a machine, notices when it dies, and comes back; and the comparison at the end."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable

from domain.deposits.bodies import Outcome
from domain.deposits.journal import place_of
from simulators.rig.line import Refusal
from tests.machine.kit import PATIENCE_S, MachineKit, Told, code_png, picture, until


class AgentDied(Exception):
    """The machine's software is gone; the screen stays as it was."""


class Visitor:
    """A person with items of which every one looks different."""

    def __init__(self, machine: MachineKit, platform, items=400) -> None:
        self.machine, self.platform = machine, platform
        self.person = str(uuid.uuid4())
        self.every_look: Callable[[], None] = lambda: None
        """Called whenever the person looks at the machine."""
        self.hesitant = False
        """Whether they let lie what is given back to them."""
        self._bottles = iter([machine.know(picture(number)) for number in range(items)])
        self._litter = iter([machine.know(picture(10_000 + number), "paper") for number in range(items)])

    def visit(self) -> None:
        """Scan, give a bottle, try a piece of litter, take it back, press done. Raises AgentDied."""
        machine = self.machine
        self.await_screen("welcome", "thanks")
        machine.person.show_code(code_png(self.platform.code(self.person)))
        try:
            self.await_screen("insert")
        finally:
            machine.person.hide_code()
        self.give(next(self._bottles))
        self.give(next(self._litter))
        machine.person.press("done")
        self.await_screen("thanks", "welcome")

    def recover_and_visit(self, times: int = 1) -> None:
        """Come back and use it. Raises AgentDied."""
        for _ in range(times):
            self.recover()
            self.visit()

    def give(self, data: bytes) -> None:
        """Push something in, and wait until it is gone or was taken back. Raises AgentDied."""
        self.await_screen("insert", "accepted", "refused")
        tag = self._push_in(data)
        until(lambda: self._dead() or self._done_with(tag), f"{tag} is dealt with")
        self._check()

    def recover(self) -> None:
        """Come back to a machine that starts: take what it gives back, wait for its welcome. Raises AgentDied."""
        until(lambda: self._dead() or self._welcomed(), lambda: f"a welcome; {self.machine.person.state()}")
        self._check()

    def await_screen(self, *screens: str) -> None:
        """Wait for a screen. Raises AgentDied."""
        until(
            lambda: self._dead() or self.machine.screen() in screens,
            lambda: f"{screens}; {self.machine.person.state()}",
        )
        self._check()

    def _push_in(self, data: bytes) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.machine.insert(data)
            except Refusal as refusal:
                if refusal.name != "FlapClosed" or time.monotonic() > deadline:
                    raise
            self._check()

    def _done_with(self, tag: str) -> bool:
        where = self.machine.where()[tag]
        if where == "opening" and not self.hesitant:
            with contextlib.suppress(Refusal):
                self.machine.person.take()
        return where in {"bin", "taken"}

    def _welcomed(self) -> bool:
        # One look at the screen: it may change to a welcome right after, with something still lying there.
        welcome = self.machine.screen() in {"welcome", "thanks"}
        where = self.machine.where().values()
        if "opening" in where or (welcome and "intake" in where):
            with contextlib.suppress(Refusal):
                self.machine.person.take()
            return False
        return welcome

    def _dead(self) -> bool:
        self.every_look()
        return not self.machine.agent.alive

    def _check(self) -> None:
        if self._dead():
            raise AgentDied


def backed(machine: MachineKit) -> None:
    """What the screen shows right after a kill stands in the journal."""
    view = machine.person.state()["view"]
    if view is None or not machine.lit:
        return
    told = machine.told()
    for item in view["items"]:
        assert item["id"] in told.decided, f"shown and not journalled: {item}"
        if item["outcome"] is not None:
            assert told.settled[item["id"]].value == item["outcome"]
    if view["visit"] is not None:
        assert view["visit"] in told.opened
        settled = [
            told.settled[item]
            for item, body in told.decided.items()
            if body.visit == view["visit"] and item in told.settled
        ]
        assert view["paid"] + view["returned"] <= len(settled)


def agreement(visitor: Visitor, *, points=50) -> Told:
    """Compare the hardware's own counts and places with the journal, and the journal with the platform."""
    machine, platform = visitor.machine, visitor.platform
    state, told = machine.person.state(), machine.told()
    places = {item["sha256"]: item["where"] for item in state["items"]}
    assert len(places) == len(state["items"]), "every item looks different"
    inside = [sha256 for sha256, where in places.items() if where == "bin"]
    assert state["counters"]["in"] == len(inside)
    assert not set(told.decided) - set(told.settled), "an item was never settled"
    assert not set(told.opened) - set(told.closed), "a visit was never closed"
    for sha256, where in places.items():
        outcomes = told.outcome_of(sha256)
        if where == "bin":
            assert outcomes == [Outcome.STORED], (
                f"lost or doubled: {sha256[:8]} is in the bin, the journal says {outcomes}"
            )
        else:
            assert all(outcome is Outcome.RETURNED for outcome in outcomes), f"{sha256[:8]} {where}: {outcomes}"
    assert told.paid() == len(inside)
    until(lambda: platform.held(machine.id) == place_of(told.entries[-1]), "everything is synchronised")
    assert platform.balance(visitor.person) == points * len(inside)
    return told
