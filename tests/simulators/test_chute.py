"""The simulated chute refuses what the real one refuses, and counts what passes."""

import pytest

from application.ports.hardware import ItemPresence, MotionFailed, PartUnreachable
from domain.deposits.bodies import Counters
from simulators.chute import FlapClosed, Mishap, Place, SimulatedChute, Thing


@pytest.fixture
def chute():
    return SimulatedChute()


@pytest.fixture
def bottle(chute):
    thing = Thing("bottle", "b" * 64)
    chute.insert(thing)
    return thing


def test_what_goes_in_is_counted_and_gone(chute, bottle):
    chute.take_in()
    assert (bottle.place, chute.counters(), chute.present()) == (Place.BIN, Counters(1, 0), False)


def test_what_goes_out_is_counted_and_lies_at_the_opening(chute, bottle):
    chute.give_back()
    assert (bottle.place, chute.counters(), chute.present()) == (Place.INTAKE, Counters(0, 1), True)
    assert chute.take() is bottle


@pytest.mark.parametrize("move", [SimulatedChute.take_in, SimulatedChute.give_back])
def test_an_empty_intake_moves_nothing(chute, move):
    with pytest.raises(MotionFailed):
        move(chute)


@pytest.mark.parametrize(
    ("mishap", "place", "counted"),
    [(Mishap.STALLS, Place.INTAKE, 0), (Mishap.LATE, Place.BIN, 1), (Mishap.SWALLOWED, Place.JAMMED, 0)],
)
def test_a_mishap_fails_the_move_once(chute, bottle, mishap, place, counted):
    chute.mishap = mishap
    with pytest.raises(MotionFailed):
        chute.take_in()
    assert (bottle.place, chute.passed_in, chute.mishap) == (place, counted, None)


def test_the_flap_keeps_hands_out_while_the_motor_turns(chute, bottle):
    chute.turning = True
    with pytest.raises(FlapClosed):
        chute.take()
    with pytest.raises(FlapClosed):
        chute.insert(Thing("can", "c" * 64))
    chute.halt()
    assert chute.take() is bottle


def test_presence_is_told_at_once_and_whenever_it_changes(chute, bottle):
    heard = []
    chute.listen(heard.append)
    chute.insert(Thing("can", "c" * 64))
    chute.take()
    chute.take()
    assert heard == [ItemPresence(True), ItemPresence(False)]


def test_an_unreachable_chute_says_so_and_counts_on(chute, bottle):
    chute.reachable = False
    for question in (chute.halt, chute.take_in, chute.give_back, chute.counters, chute.present):
        with pytest.raises(PartUnreachable):
            question()
    chute.reachable = True
    assert chute.counters() == Counters(0, 0)


def test_without_power_nobody_is_told_and_counters_last(chute, bottle):
    heard = []
    chute.listen(heard.append)
    chute.take_in()
    chute.unplug()
    chute.insert(Thing("can", "c" * 64))
    assert heard == [ItemPresence(True), ItemPresence(False)]
    assert chute.counters() == Counters(1, 0)
