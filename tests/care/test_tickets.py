"""The life of a ticket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.telemetry import HOUR
from domain.fleet.ticket import (
    LONGEST_NOTE,
    TABLE,
    NoteTooLong,
    State,
    TakenByAnother,
    Ticket,
    TicketResolved,
    cleared,
    raised_again,
    resolve,
    take,
)  # fmt: skip

NEW = Ticket("t1", "o", "m1", "bin_full", 10)


def test_it_clears_by_itself_unless_somebody_took_it():
    assert cleared(NEW, 20) == Ticket("t1", "o", "m1", "bin_full", 10, State.RESOLVED, cleared_at=20, resolved_at=20)
    taken = take(NEW, "tia", 15)
    assert cleared(taken, 20).state is State.TAKEN
    assert resolve(cleared(taken, 20), "tia", "emptied", 30).resolved_by == "tia"


def test_it_is_taken_once():
    taken = take(NEW, "tia", 15)
    assert take(taken, "tia", 16) is taken
    with pytest.raises(TakenByAnother):
        take(taken, "tom", 16)
    with pytest.raises(TicketResolved):
        take(resolve(NEW, "tia", "", 20), "tom", 21)


def test_an_alert_that_comes_back_soon_is_the_same_ticket():
    over = cleared(NEW, 20)
    assert over.same_again(20 + HOUR)
    assert not over.same_again(21 + HOUR)
    back = raised_again(over)
    assert (back.state, back.times, back.cleared_at, back.resolved_at) == (State.OPEN, 2, None, None)
    assert raised_again(take(NEW, "tia", 11)).taken_by == "tia"


def test_resolved_again_changes_nothing():
    over = resolve(NEW, "tia", "emptied", 20)
    assert resolve(over, "tom", "me too", 30) is over
    with pytest.raises(NoteTooLong):
        resolve(NEW, "tia", "x" * (LONGEST_NOTE + 1), 20)


STEPS = {
    "raised": lambda ticket, at: raised_again(ticket),
    "cleared": cleared,
    "take": lambda ticket, at: take(ticket, "tia", at),
    "resolve": lambda ticket, at: resolve(ticket, "tia", "", at),
}


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=30))
def test_any_life_keeps_to_the_table_and_its_times_agree_with_its_state(steps):
    ticket = NEW
    for at, step in enumerate(steps, start=11):
        before = ticket
        try:
            ticket = STEPS[step](ticket, at)
        except TicketResolved:
            assert before.state is State.RESOLVED
        if ticket is not before:
            assert ticket.state in {after for (state, _), after in TABLE.items() if state is before.state}
        assert (ticket.state is State.RESOLVED) == (ticket.resolved_at is not None)
        assert ticket.state is not State.TAKEN or ticket.taken_by is not None
        assert ticket.times == 1 + steps[: at - 10].count("raised")
