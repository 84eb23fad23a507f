"""Any order of events: faults, failures, late timers, stale answers, hands, and plugs that are pulled."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.deposits.intake import events
from simulators.chute import Mishap, Place
from tests.intake.rough_world import RoughWorld
from tests.intake.samples import ALICE, BOB, NOW

INDEX = st.integers(min_value=0, max_value=50)
NEWEST = st.just(-1)
SELDOM = st.integers(0, 3).map(lambda number: number == 3)
"""Trouble comes, but leaves room for something to be in trouble."""


class AnyOrder(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.world = RoughWorld()

    @initialize(stage=st.sampled_from(["booting", "in service", "visit", "item", "item"]), bottle=st.booleans())
    def begin(self, stage, bottle):
        if stage != "booting":
            self.world.settle_down()
        if stage in {"visit", "item"}:
            self.world.step(events.QrRead(ALICE))
            self.go_well_for_a_while(6)
        if stage == "item":
            self.world.chute.insert(self.world.thing(bottle=bottle))

    # people

    @rule(code=st.sampled_from([ALICE, BOB, "https://example.org"]))
    def hold_up_a_code(self, code):
        self.world.step(events.QrRead(code))

    @rule(
        event=st.sampled_from(
            [
                events.GuestPressed(NOW),
                events.GuestPressed(None),
                events.DonePressed(),
                events.TechnicianAdmitted(),
                events.TechnicianBusy(),
            ]
        )
    )
    def press(self, event):
        self.world.step(event)

    @rule(bottle=st.booleans())
    def insert(self, bottle):
        if len(self.world.chute.row) < 2 and not self.world.chute.turning:
            self.world.chute.insert(self.world.thing(bottle=bottle))

    @precondition(lambda self: self.world.chute.row and not self.world.chute.turning)
    @rule(again=st.booleans())
    def take(self, again):
        thing = self.world.chute.take()
        if again:
            self.world.chute.insert(thing)

    # the machine's work

    @precondition(lambda self: self.world.questions)
    @rule(index=INDEX | NEWEST, badly=SELDOM)
    def act(self, index, badly):
        self.world.act(index, well=not badly)

    @precondition(lambda self: self.world.questions)
    @rule(badly=SELDOM)
    def act_and_deliver(self, badly):
        self.world.act(-1, well=not badly)
        self.world.deliver(-1)

    @precondition(lambda self: self.world.answers)
    @rule(index=INDEX | NEWEST)
    def deliver(self, index):
        self.world.deliver(index)

    @rule(times=st.integers(1, 6))
    def go_well_for_a_while(self, times):
        for _ in range(times):
            if self.world.answers:
                self.world.deliver(0)
            elif self.world.questions:
                self.world.act(-1)

    @precondition(lambda self: self.world.timers)
    @rule(index=INDEX, really=SELDOM)
    def fire_any_timer(self, index, really):
        if really:
            self.world.fire(index)

    @precondition(lambda self: self.world.timers)
    @rule(really=SELDOM)
    def fire_the_newest_timer(self, really):
        if really:
            self.world.fire(-1)

    # trouble

    @rule(part=st.sampled_from(["door", "camera", "motor"]), seen=SELDOM)
    def fault(self, part, seen):
        self.world.step(events.FaultSeen(part) if seen else events.FaultCleared(part))

    @rule(event=st.sampled_from([events.HandSeen(), events.HandGone(), events.HandGone()]))
    def hand(self, event):
        self.world.step(event)

    @rule(really=SELDOM)
    def pull_an_item_out_again(self, really):
        if really:
            self.world.pull_back()

    @rule(full=st.sampled_from([frozenset(), frozenset({"all"})]))
    def bins(self, full):
        self.world.step(events.BinsChanged(full))

    @rule(mishap=st.sampled_from([*Mishap, None]))
    def next_move_goes_wrong(self, mishap):
        self.world.chute.mishap = mishap

    @rule(gone=SELDOM)
    def link(self, gone):
        self.world.chute.reachable = not gone

    @rule(index=INDEX | NEWEST, last_act=st.booleans(), really=SELDOM)
    def power_cut(self, index, last_act, really):
        if not really:
            return
        if last_act and self.world.questions:
            self.world.act(index)
        self.world.pull_the_plug()

    @precondition(lambda self: self.world.restart_wanted)
    @rule()
    def restart(self):
        self.world.pull_the_plug()

    # what must hold

    @invariant()
    def rest_is_near_even_if_nothing_answers(self):
        assert self.world.silence() <= self.world.configuration.limits.rest

    def teardown(self):
        self.world.settle_down()
        self.world.check_accounts()


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyOrder = pytest.mark.property(AnyOrder.TestCase)


def test_the_world_accounts_for_a_plain_visit():
    """The rough world is no good if it passes because nothing happens in it."""
    world = RoughWorld()
    things = [world.thing(bottle=True), world.thing(bottle=False), world.thing(bottle=True)]
    world.settle_down()
    world.step(events.QrRead(ALICE))
    while world.questions:
        world.act(-1)
        world.deliver(-1)
    for thing in things:
        world.chute.insert(thing)
        for _ in range(20):
            if world.questions:
                world.act(-1)
                world.deliver(-1)
        if world.chute.row:
            world.chute.take()
    world.step(events.DonePressed())
    world.settle_down()
    world.check_accounts()
    assert [thing.place for thing in things] == [Place.BIN, Place.PERSON, Place.BIN]
    assert (world.state.shown.paid, world.state.shown.returned, world.state.shown.points) == (2, 1, 80)
