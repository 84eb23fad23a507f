"""A long run from a seed through the rough world: everything happens, and each arrow of each table is taken.

Hypothesis (`test_any_order`) looks for the shortest way to a mistake; this one goes far.
"""

import random

import pytest

from domain.deposits.intake import events, reducer
from domain.deposits.intake.state import ItemState, VisitState
from domain.deposits.intake.table import Rule
from simulators.chute import Mishap
from tests.intake.rough_world import RoughWorld
from tests.intake.samples import ALICE, BOB, NOW, code

LEAST, MOST, STEPS = 150, 2_000, 120
"""Worlds, and steps in each: at least so many, and then until every arrow was taken."""
CAROL = code(3)
SELDOM_SEEN = {ItemState.CAPTURING, ItemState.DECIDING, ItemState.CHECKING, ItemState.CLEARING}
"""A visit is short there, so more goes wrong there."""

ARROWS = {
    (table.name, state.value, event.__name__, to.value)
    for table in reducer.TABLES
    for (state, event), cell in table.cells.items()
    if isinstance(cell, Rule)
    for to in cell.to
}


@pytest.fixture
def taken(monkeypatch):
    """The arrows that were taken: table, state, event, and where it led."""
    arrows = set()
    hear = reducer._hear

    def and_note(turn, table, event):
        before = getattr(turn.state, table.name).state
        hear(turn, table, event)
        arrows.add((table.name, before.value, type(event).__name__, getattr(turn.state, table.name).state.value))

    monkeypatch.setattr(reducer, "_hear", and_note)
    return arrows


def begin(world, chance):
    """Most worlds begin with an item somewhere on its way, and a hand at it now and then."""
    if chance.random() < 0.3:
        return
    world.step(events.QrRead(ALICE))
    for _ in range(8):
        if world.answers or world.questions:
            world.deliver(-1) if world.answers else world.act(-1)
    world.chute.insert(world.thing(bottle=chance.random() < 0.7))
    world.chute.mishap = chance.choice([*Mishap, None, None, None])
    for _ in range(chance.randrange(14)):
        if world.answers or world.questions:
            world.deliver(-1) if world.answers else world.act(-1)
    if chance.random() < 0.3:
        world.step(events.HandSeen())


def one_thing(world, chance):
    """Let one thing happen, mostly what a plain visit is made of."""
    kind = chance.random()
    if world.state.hand and chance.random() < 0.12:
        world.step(events.HandGone())
    if world.chute.turning and chance.random() < (0.2 if world.state.item.clears else 0.05):
        world.step(events.HandSeen())
    if world.state.visit.state is VisitState.MAINTENANCE and chance.random() < 0.15:
        while_maintained(world, chance)
    elif world.state.item.state is ItemState.CLEARING and chance.random() < 0.1:
        world.step(events.TimerFired(world.state.item.ticket))
    elif kind < 0.36:
        people(world, chance, kind)
    elif kind < 0.45 or (world.state.item.state in SELDOM_SEEN and kind > 0.9):
        trouble(world, chance)
    elif kind < 0.5:
        go_well_for_a_while(world, chance)
    elif world.answers and chance.random() < 0.7:
        world.deliver(-1)
    elif world.questions:
        world.act(-1, well=chance.random() > (0.4 if world.state.item.state in SELDOM_SEEN else 0.15))


def while_maintained(world, chance):
    stopped, door = events.FaultSeen("stopped"), events.FaultSeen("door")
    what = chance.choice([stopped, events.FaultCleared("stopped"), door, events.FaultCleared("door"), None])
    world.pull_back() if what is None else world.step(what)


def people(world, chance, kind):
    hands_out = world.chute.turning
    if kind < 0.10:
        idle = world.state.visit.state is VisitState.IDLE
        world.step(events.QrRead(chance.choice([ALICE, BOB, CAROL])))
        if idle and chance.random() < 0.8:
            go_well_for_a_while(world, chance)
    elif kind < 0.12:
        world.step(chance.choice([events.GuestPressed(NOW), events.DonePressed(), events.DonePressed()]))
    elif kind < 0.125:
        world.step(chance.choice([events.TechnicianAdmitted(), events.TechnicianBusy(), events.DonePressed()]))
    elif kind < 0.25:
        if len(world.chute.row) < 2 and not hands_out:
            world.chute.insert(world.thing(bottle=chance.random() < 0.7))
            if chance.random() < 0.4:
                go_well_for_a_while(world, chance)
    elif kind < 0.32:
        if world.chute.row and not hands_out:
            world.chute.take()
    elif world.state.last_in is not None or chance.random() < 0.2:
        world.pull_back()


def go_well_for_a_while(world, chance):
    for _ in range(chance.randrange(2, 14)):
        if world.answers:
            world.deliver(-1)
        elif world.questions:
            world.act(-1)


def trouble(world, chance):
    kind = chance.randrange(16)
    part = chance.choice(["door", "camera", "motor", "chute"])
    if kind < 2:
        world.step(events.FaultSeen(part) if chance.random() < 0.5 else events.FaultCleared(part))
    elif kind < 5:
        world.chute.mishap = chance.choice([*Mishap, None])
    elif kind >= 13:
        world.step(events.HandSeen())
    elif kind < 7:
        world.chute.reachable = chance.random() > 0.3
    elif kind < 12:
        waiting = [timer for timer in world.timers if world.waited_for(timer)]
        if world.restart_wanted and chance.random() < 0.3:
            world.pull_the_plug()
        elif waiting:
            world.step(events.TimerFired(chance.choice(waiting).ticket))
    else:
        world.pull_the_plug(unreadable=chance.random() < 0.1)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [12])
def test_everything_happens_and_nothing_goes_wrong(seed, taken):
    print(f"seed {seed}")
    chance = random.Random(seed)
    for number in range(MOST):
        world = RoughWorld()
        if chance.random() < 0.9:
            world.settle_down()
            begin(world, chance)
        for _ in range(STEPS):
            one_thing(world, chance)
        assert world.silence() <= world.configuration.limits.rest
        world.settle_down()
        world.check_accounts()
        if number >= LEAST and taken >= ARROWS:
            return
    raise AssertionError(f"no run takes them: {sorted(ARROWS - taken)}")
