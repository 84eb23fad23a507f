"""One step of the intake: an event goes in, the new state and the effects come out.

The laws:
1. `step` is pure: the same state and event give the same result, and nothing else happens.
2. Everything that affects the three tables lives in this package; it does not know a clock, a thread or a device.
3. An answer whose ticket nobody waits for is stale and changes nothing. An answered ticket is used up.
4. Levels (presence, hands, bins, prices, faults, what was pulled back) are set first; an edge that changes no level is
   no event.
5. Signals are heard in the order in which they were given, before the step ends.
6. The screen follows from the state (`screens.look`): a step that changes the view ends with showing it.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, cast

from attrs import evolve

from domain.deposits.intake.effects import Effect, Show
from domain.deposits.intake.events import (
    Answer,
    BinsChanged,
    Event,
    FaultCleared,
    FaultSeen,
    HandGone,
    HandSeen,
    ItemSeen,
    ItemTaken,
    Outside,
    PricesChanged,
    PulledBack,
    Ticket,
)
from domain.deposits.intake.health_table import HEALTH
from domain.deposits.intake.item_table import ITEM
from domain.deposits.intake.screens import look
from domain.deposits.intake.state import MOST_PULLED, MOST_SUSPECTS, Intake, Part
from domain.deposits.intake.table import Ignored, Table, Turn
from domain.deposits.intake.visit_table import VISIT

TABLES: tuple[Table[Enum], ...] = (cast("Table[Enum]", ITEM), cast("Table[Enum]", VISIT), cast("Table[Enum]", HEALTH))
"""In the order in which they hear an event that several of them know."""
MOST_SIGNALS = 16
"""In one step. More would mean that tables talk to each other for ever."""


class TableBroken(AssertionError):
    """A rule led where its table does not say, or tables talk for ever; the message names the cell."""


def step(state: Intake, event: Event) -> tuple[Intake, tuple[Effect, ...]]:
    """Take one step. Raises TypeError for what is no event or a signal; TableBroken for a mistake in the tables."""
    turn = Turn(state)
    if isinstance(event, Answer):
        table = _asker(state, event.ticket)
        if table is not None:
            _hear(turn, table, event)
    elif _set_level(turn, event):
        _hear_all(turn, event)
    heard = 0
    while heard < len(turn.signals):
        if heard == MOST_SIGNALS:
            raise TableBroken(f"more than {MOST_SIGNALS} signals after {type(event).__name__}")
        _hear_all(turn, turn.signals[heard])
        heard += 1
    _show(turn)
    return turn.state, tuple(turn.effects)


def _asker(state: Intake, ticket: Ticket) -> Table[Enum] | None:
    """Return the table that waits for this ticket, or None when nobody does any more."""
    return next((table for table in TABLES if _part(state, table).ticket == ticket), None)


def _set_level(turn: Turn, event: Event) -> bool:
    """Set the level that the event speaks of; tell whether there is anything to hear."""
    state = turn.state
    if isinstance(event, (ItemSeen, ItemTaken)):
        turn.state = evolve(state, present=isinstance(event, ItemSeen))
    elif isinstance(event, PricesChanged):
        turn.state = evolve(state, prices=event.prices)
    elif isinstance(event, (HandSeen, HandGone)):
        turn.state = evolve(state, hand=isinstance(event, HandSeen))
        turn.health(faults=turn.state.health.faults - {Part.HAND.value})
    elif isinstance(event, BinsChanged):
        turn.state = evolve(state, full=event.full)
    elif isinstance(event, PulledBack):
        turn.state = _suspect(state)
    elif isinstance(event, FaultSeen):
        turn.health(faults=state.health.faults | {event.part})
    elif isinstance(event, FaultCleared):
        turn.health(faults=state.health.faults - {event.part})
    elif isinstance(event, Outside):
        return True
    else:
        raise TypeError(f"{type(event).__name__} does not come from outside")
    return turn.state != state


def _suspect(state: Intake) -> Intake:
    """Keep in mind that the last item came out again; as often as it happens, up to a bound."""
    last = state.last_in
    pulled = (*state.pulled, last.perceptual_hash) if last and last.perceptual_hash else state.pulled
    return evolve(
        state,
        last_in=None,
        suspects=(*state.suspects, last)[:MOST_SUSPECTS],
        pulled=pulled[-MOST_PULLED:],
    )


def _hear_all(turn: Turn, event: Event) -> None:
    for table in TABLES:
        if type(event) in table.alphabet:
            _hear(turn, table, event)


def _hear(turn: Turn, table: Table[Enum], event: Event) -> None:
    before = _part(turn.state, table)
    if type(event) not in table.alphabet:
        return
    cell = table.cell(before.state, type(event))
    if isinstance(cell, Ignored):
        return
    if isinstance(event, Answer):
        turn.state = evolve(turn.state, **{table.name: evolve(before, ticket=None)})
    cell.does(turn, event)
    after = _part(turn.state, table).state
    if after not in cell.to:
        raise TableBroken(f"{table.name}: {type(event).__name__} led from {before.state.value} to {after.value}")


def _part(state: Intake, table: Table[Enum]) -> Any:
    return getattr(state, table.name)


def _show(turn: Turn) -> None:
    view = look(turn.state)
    if view != turn.state.shown:
        turn.state = evolve(turn.state, shown=view)
        turn.do(Show(view))
