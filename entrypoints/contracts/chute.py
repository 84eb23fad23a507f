"""The promises of the chute: what moves is counted and is where it should be, and nothing moves by itself."""

from __future__ import annotations

import time

from application.ports.hardware import MotionFailed
from domain.deposits.bodies import Counters
from domain.fleet.readings import MotionEnd, Way
from entrypoints.contracts.contract import Broken, Contract, Machine, expect

PART = "chute"
SETTLES_S = 1.0
LOOK_S = 0.01


def _settles(machine: Machine, *, present: bool) -> bool:
    """Wait a little for the item sensor: what it says counts once it held for a while."""
    ends = time.monotonic() + SETTLES_S
    while machine.chute.present() is not present:
        if time.monotonic() > ends:
            return False
        time.sleep(LOOK_S)
    return True


def halting_what_rests_is_no_error(machine: Machine) -> None:
    """Halt, and halt again."""
    machine.chute.halt()
    machine.chute.halt()


def nothing_is_there_at_first(machine: Machine) -> None:
    """Look into an empty intake."""
    expect(not machine.chute.present(), "the intake is empty, and the item sensor sees something")


def moving_nothing_fails_and_counts_nothing(machine: Machine) -> None:
    """Move both ways with an empty intake."""
    before = machine.chute.counters()
    for move in (machine.chute.take_in, machine.chute.give_back):
        try:
            move()
        except MotionFailed:
            continue
        raise Broken("nothing lay there, and it is said to have been moved")
    after = machine.chute.counters()
    expect(after == before, f"nothing moved, and the counters went from {before} to {after}")


def an_item_is_taken_in_and_counted(machine: Machine) -> None:
    """Take an item in."""
    before = machine.chute.counters()
    machine.hands.put_item()
    expect(_settles(machine, present=True), "an item was put in, and the item sensor sees nothing")
    machine.chute.take_in()
    wanted = Counters(before.passed_in + 1, before.passed_out)
    after = machine.chute.counters()
    expect(after == wanted, f"one item went in, and the counters went from {before} to {after}")
    expect(_settles(machine, present=False), "the item went in, and the item sensor still sees something")


def an_item_is_given_back_and_counted(machine: Machine) -> None:
    """Give an item back, and have it taken."""
    before = machine.chute.counters()
    machine.hands.put_item()
    machine.chute.give_back()
    wanted = Counters(before.passed_in, before.passed_out + 1)
    after = machine.chute.counters()
    expect(after == wanted, f"one item came out, and the counters went from {before} to {after}")
    expect(_settles(machine, present=True), "the item lies at the opening, and the item sensor does not see it")
    machine.hands.take_item()
    expect(_settles(machine, present=False), "the item was taken, and the item sensor still sees something")


def what_is_loosened_stays(machine: Machine) -> None:
    """Turn a little back with an item in the intake."""
    before = machine.chute.counters()
    machine.hands.put_item()
    machine.chute.loosen()
    after = machine.chute.counters()
    expect(after == before, f"an item was loosened, and the counters went from {before} to {after}")
    expect(_settles(machine, present=True), "an item was loosened, and the item sensor does not see it any more")
    machine.hands.take_item()


CHUTE = (
    Contract(PART, "halting what rests is no error", halting_what_rests_is_no_error),
    Contract(PART, "an empty intake looks empty", nothing_is_there_at_first),
    Contract(PART, "moving nothing fails and counts nothing", moving_nothing_fails_and_counts_nothing),
    Contract(PART, "an item is taken in and counted", an_item_is_taken_in_and_counted, by_hand=True),
    Contract(PART, "an item is given back and counted", an_item_is_given_back_and_counted, by_hand=True),
    Contract(PART, "what is loosened stays, and is not counted", what_is_loosened_stays, by_hand=True),
)


def a_trial_turns_and_counts_nothing(machine: Machine) -> None:
    """Turn a little both ways with an empty intake."""
    trial = machine.fitted.trial
    assert trial is not None
    teller = machine.fitted.motions
    before = machine.chute.counters()
    for way in Way:
        trial.turn_a_little(way)
        told = None if teller is None else teller.last_motion()
        expect(told is None or told.way is way, f"it turned {way.value}, and is told to have turned otherwise")
    after = machine.chute.counters()
    expect(after == before, f"nothing lay there, and the counters went from {before} to {after}")
    expect(not machine.chute.present(), "nothing lay there, and the item sensor sees something")


TRIAL = (Contract(PART, "a trial turns, and counts nothing", a_trial_turns_and_counts_nothing),)


def the_last_motion_is_told(machine: Machine) -> None:
    """Move an item, and hear what became of it."""
    teller = machine.fitted.motions
    expect(teller, "nothing tells of motions")
    assert teller is not None
    before = teller.last_motion()
    machine.hands.put_item()
    machine.chute.take_in()
    after = teller.last_motion()
    expect(after is not None, "the motor turned, and there was no motion")
    assert after is not None
    expect(before is None or after.number != before.number, "another motion has the number of the one before")
    expect(after.way is Way.IN, f"it turned inwards, and is told to have turned {after.way}")
    expect(after.end is MotionEnd.PASSED, f"the item passed, and the motion is told to have ended: {after.end.value}")
    expect(after.peak_ma is None or after.peak_ma > 0, "a motor that turns takes current, and none was measured")


MOTIONS = (Contract(PART, "the last motion is told", the_last_motion_is_told, by_hand=True),)
