"""Fifty kills at random moments, at least three in each state of the intake that is not idle: nothing lost or doubled.

Half of chance is when: some kills wait for a state and strike a little later, from outside. The other half is where:
states that last for less than a millisecond are struck from inside, at a random one of their fail points. Both are
SIGKILL, and the state counted is the one that the agent told last.
"""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest

from tests.machine.visitor import AgentDied, Visitor, agreement, backed

SEED = 20_261_124
KILLS = 50
AT_LEAST = 3

INSIDE = {
    "verifying": ("before verify token", "after verify token"),
    "claiming": ("before claim", "after claim"),
    "opening": ("before journal visit_opened", "after journal visit_opened"),
    "closing": ("before journal visit_closed", "after journal visit_closed"),
    "capturing": ("before capture", "after capture"),
    "recognising": ("before recognise", "after recognise"),
    "deciding": ("before journal item_decided", "after journal item_decided"),
    "settling": ("before journal item_settled", "after journal item_settled"),
    "starting": ("before journal booted", "after journal booted"),
}
"""Places inside short states."""
OUTSIDE = ("open", "storing", "returning", "offered")
"""States that last long enough to be struck from outside."""
AT_RECOVERY = {
    "ending": ("before inspect", "after inspect"),
    "inspecting": ("before inspect", "after inspect"),
    "recovering": ("before inspect", "after inspect"),
}
"""States of a life that takes up what a cut left open; they are struck together."""
STATES = (*INSIDE, *OUTSIDE, *AT_RECOVERY)


class Killer:
    """Chooses, strikes and counts."""

    def __init__(self, machine, visitor, chance):
        self.machine, self.visitor, self.chance = machine, visitor, chance
        self.struck = Counter()
        self.kills = 0

    def life(self):
        """One life, from start to kill."""
        least = min(self.struck[state] for state in STATES)
        target = self.chance.choice([state for state in STATES if self.struck[state] == least])
        if target in AT_RECOVERY:
            self._live(
                point=f"{self.chance.choice(('after move in', 'before move in', 'after journal item_decided'))}:1"
            )
            self._live(point=f"{self.chance.choice(AT_RECOVERY[target])}:1")
        elif target in INSIDE:
            count = self.chance.choice((1, 2)) if target in {"capturing", "recognising", "deciding", "settling"} else 1
            self._live(point=f"{self.chance.choice(INSIDE[target])}:{count}")
        else:
            self._live(watch=target)

    def _live(self, point=None, watch=None):
        agent = self.machine.boot(**({"RVM_MACHINE_FAIL_POINT": point} if point else {}))
        if watch:
            self.visitor.every_look = lambda: self._strike_in(agent, watch)
            self.visitor.hesitant = watch == "offered"
        with pytest.raises(AgentDied):
            self.visitor.recover_and_visit(times=5)
        self.visitor.every_look = lambda: None
        self.visitor.hesitant = False
        state = agent.gone()
        self.kills += 1
        for told in ("visit", "item", "health"):
            self.struck[state[told]] += 1
        print(f"kill {self.kills}: {point or 'in ' + watch} -> {state['visit']}, {state['item']}, {state['health']}")
        backed(self.machine)

    def _strike_in(self, agent, state):
        if agent.alive and state in (agent.state.get("visit"), agent.state.get("item")):
            time.sleep(self.chance.uniform(0, 0.05))
            agent.kill()


@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_fifty_kills_lose_and_double_nothing(platform, machine):
    print(f"seed {SEED}")
    visitor = Visitor(machine, platform)
    killer = Killer(machine, visitor, random.Random(SEED))
    while killer.kills < KILLS or min(killer.struck[state] for state in STATES) < AT_LEAST:
        killer.life()
        assert killer.kills < 3 * KILLS, f"too seldom in some state: {killer.struck}"

    machine.boot()
    visitor.recover_and_visit()
    told = agreement(visitor)

    assert told.boots >= KILLS - killer.struck["starting"] - killer.struck["off"]
    print(f"{killer.kills} kills, {told.boots} boots, {len(told.decided)} items decided, {told.paid()} paid for")
    for state in STATES:
        print(f"  {state:12} {killer.struck[state]}")
        assert killer.struck[state] >= AT_LEAST
    assert machine.agent.stop() == 0
