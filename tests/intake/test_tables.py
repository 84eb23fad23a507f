"""The tables as data: total, honest about where they lead, and all of it in use."""

import typing

import pytest

from domain.deposits.intake import events
from domain.deposits.intake.reducer import TABLES
from domain.deposits.intake.table import Ignored, Rule

ALL_EVENTS = set(typing.get_args(events.Event))
STATES = {table.name: type(table.start) for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_is_total_over_its_alphabet_and_holds_no_other_cell(table):
    pairs = {(state, event) for state in STATES[table.name] for event in table.alphabet}
    assert set(table.cells) == pairs


def test_every_event_is_in_an_alphabet_or_is_a_level():
    heard = {event for table in TABLES for event in table.alphabet}
    assert ALL_EVENTS - heard == {events.PricesChanged, events.BinsChanged}, "levels only: no table acts on the change"
    assert heard <= ALL_EVENTS


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_cell_says_what_it_does_or_why_it_does_nothing(table):
    for cell in table.cells.values():
        assert (cell.says if isinstance(cell, Rule) else cell.why).strip()
        assert isinstance(cell, Ignored) or cell.to


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_can_be_reached_and_left(table):
    leads = {(start, to) for (start, _), cell in table.cells.items() if isinstance(cell, Rule) for to in cell.to}
    for state in STATES[table.name]:
        assert any(start is state and to is not state for start, to in leads), f"{state} is a trap"
        assert state is table.start or any(to is state and start is not state for start, to in leads), state
