"""The plug is pulled before and after every effect of a visit with hands, a jam and a swap, on a machine with a body.

`RVM_TEST_POWER_STRIDE=1 pytest tests/body/test_power.py` takes them all; otherwise one in so many.
What lies in the bin was settled as stored, once; what does not was not, whatever the moment.
"""

import pytest

from application.ports.hardware import Button
from domain.deposits import bodies
from domain.deposits.bodies import Outcome
from domain.deposits.intake.state import ItemState
from domain.deposits.recognition import Material
from simulators.bench.hands import String, swap
from simulators.physics.belt import Lies
from simulators.scheduling import PlugPulled
from tests.body.machines import POWER_STRIDE, machine

SEED = 5
STATES = {ItemState.CHECKING, ItemState.BLOCKED, ItemState.CLEARING, ItemState.STORING, ItemState.RETURNING}


class PullAt:
    """Pulls the plug once, when so many places were reached."""

    def __init__(self, count):
        self.count = count
        self.names = []

    def reached(self, name):
        self.names.append(name)
        if len(self.names) == self.count:
            raise PlugPulled


def story(count=0):
    """A bottle at whose motion an arm comes in, one that is swapped, one that is stuck once, and a plain one."""
    point, states = PullAt(count), set()
    made = machine(SEED, fail_points=point, observer=lambda event, state, wanted: states.add(state.item.state))
    made.come()
    for tag, trouble in (("arm", arm), ("swapped", swapped), ("stuck", stuck), ("plain", lambda _: None)):
        if not made.until(lambda: made.waits_for_items, 15):
            break
        trouble(made)
        made.put(tag)
        made.pause(0.4)  # until it is in work
        made.until(lambda: made.lives == 2 or made.life.state.item.state in {ItemState.NONE, ItemState.OFFERED}, 25)
        made.body.belt.hand, made.body.motor.jammed = False, False
        made.pause(1)
        if made.lives == 2:
            break
        made.take()
    made.press(Button.DONE)
    made.until(lambda: made.serving and made.idle, 90)
    made.pause(2)
    return made, point, states


def arm(made):
    when_it_moves(made, lambda: setattr(made.body.belt, "hand", True), after_s=0.1)
    when_it_moves(made, lambda: setattr(made.body.belt, "hand", False), after_s=2)


def swapped(made):
    made.materials["another"] = Material.PLASTIC
    made.when(lambda: made.life.state.item.state is ItemState.DECIDING, lambda: swap(made.body, "another"))


def stuck(made):
    made.body.motor.jammed = True
    made.when(
        lambda: made.life.state.item.state is ItemState.CLEARING, lambda: setattr(made.body.motor, "jammed", False)
    )


def when_it_moves(made, do, *, after_s):
    made.when(lambda: made.body.motor.duty, do, after_s=after_s)


def check(made, why):
    """Hold the journal against the bin: each thing is stored once or not at all, and none was settled twice."""
    entries = made.entries()
    outcomes = [body for body in entries if isinstance(body, bodies.ItemSettled)]
    assert len({body.item for body in outcomes}) == len(outcomes), f"{why}: settled twice"
    stored = sum(body.outcome is Outcome.STORED for body in outcomes)
    unknown = sum(body.outcome is Outcome.UNKNOWN for body in outcomes)
    in_bins = len(made.in_bins())
    assert stored <= in_bins <= stored + unknown, f"{why}: {stored} stored, {unknown} unknown, {in_bins} in the bin"
    decided = sum(isinstance(body, bodies.ItemDecided) for body in entries)
    assert decided == len(outcomes), f"{why}: an item was left unsettled"
    opened = sum(isinstance(body, bodies.VisitOpened) for body in entries)
    closed = sum(isinstance(body, bodies.VisitClosed) for body in entries)
    assert opened == closed, f"{why}: a visit was left open"


def test_without_a_cut_the_story_goes_through_every_new_state():
    made, point, states = story()
    assert states >= STATES
    check(made, "no cut")
    assert {f"{when} move loose" for when in ("before", "after")} <= set(point.names)
    assert made.lives == 1
    assert [item for item in made.body.belt.items if item.lies is Lies.BELT] == []


def test_a_cut_at_any_effect_loses_and_doubles_nothing():
    _, whole, _ = story()
    for count in range(POWER_STRIDE + 1, len(whole.names), POWER_STRIDE):
        made, point, _ = story(count)
        assert made.lives == 2, f"nothing was cut at {count}"
        check(made, f"cut {point.names[count - 1]} ({count})")
    print(f"seed {SEED}: cuts at every {POWER_STRIDE} of {len(whole.names)} places")


class PullAtName:
    """Pulls the plug once, at a place by its name."""

    def __init__(self, name):
        self.name, self.pulled = name, False

    def reached(self, name):
        if name == self.name and not self.pulled:
            self.pulled = True
            raise PlugPulled


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_cut_when_a_string_is_noticed_pays_nothing_twice(when):
    point = PullAtName(f"{when} journal suspicion_raised")
    made = machine(SEED, fail_points=point)
    made.come()
    made.put("bottle")
    assert made.until(lambda: any(isinstance(body, bodies.ItemSettled) for body in made.entries()), 8)
    made.pause(1)
    string = String(made.body, made.body.belt.items[-1])
    made.each_millisecond.append(string)
    string.pull()
    assert made.until(lambda: made.lives == 2, 40), "the plug was never pulled"
    assert made.until(lambda: made.serving and made.idle, 90)
    entries = made.entries()
    outcomes = [body.outcome for body in entries if isinstance(body, bodies.ItemSettled)]
    noticed = sum(isinstance(body, bodies.SuspicionRaised) for body in entries)
    assert outcomes == [Outcome.STORED, Outcome.RETURNED]
    assert made.in_bins() == []
    assert noticed == (when == "after"), "what was durable stays, and is not told twice"
    opened = sum(isinstance(body, bodies.VisitOpened) for body in entries)
    assert opened == sum(isinstance(body, bodies.VisitClosed) for body in entries)
