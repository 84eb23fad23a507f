"""What a transition table is made of, and the turn in which its rules speak.

The laws:
1. A table is total or it does not import: each state has a cell for each type of event in its alphabet, a rule or an
   explicit `ignored`.
2. A rule names every state it may lead to; the reducer holds it to that. The diagrams are drawn from the same cells.
3. A rule writes the part of its own table and tells the others by signals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Generic, TypeVar

from attrs import define, evolve, field, frozen

from domain.deposits.intake.effects import Effect, SetTimer
from domain.deposits.intake.events import Signal, Ticket
from domain.deposits.intake.state import Intake

S = TypeVar("S", bound=Enum)


@define
class Turn:
    """One step while it is being taken: the state so far, the effects so far, and signals still to be heard."""

    state: Intake
    effects: list[Effect] = field(factory=list)
    signals: list[Signal] = field(factory=list)

    def visit(self, **changes: Any) -> None:
        """Change the visit."""
        self.state = evolve(self.state, visit=evolve(self.state.visit, **changes))

    def item(self, **changes: Any) -> None:
        """Change the item."""
        self.state = evolve(self.state, item=evolve(self.state.item, **changes))

    def health(self, **changes: Any) -> None:
        """Change health."""
        self.state = evolve(self.state, health=evolve(self.state.health, **changes))

    def do(self, effect: Effect) -> None:
        """Want something done."""
        self.effects.append(effect)

    def tell(self, signal: Signal) -> None:
        """Tell the other tables."""
        self.signals.append(signal)

    def ask(self, question: Callable[[Ticket], Effect], within: int) -> Ticket:
        """Ask, guarded by a timer of `within` microseconds; return the ticket of both."""
        ticket = self.wait(within)
        self.effects.insert(-1, question(ticket))
        return ticket

    def wait(self, delay: int) -> Ticket:
        """Set a timer of `delay` microseconds; return its ticket."""
        number = self.state.tickets + 1
        self.state = evolve(self.state, tickets=number)
        ticket = Ticket(self.state.boot, number)
        self.do(SetTimer(ticket, delay))
        return ticket


@frozen
class Rule(Generic[S]):
    """What a table does about an event in a state."""

    does: Callable[[Turn, Any], None]
    to: frozenset[S]
    """Every state it may lead to."""
    says: str
    """The rule in a few words, for the diagram."""


@frozen
class Ignored:
    """Nothing is done, and that is meant."""

    why: str


UNASKED = Ignored("no such question is asked in this state")


class TableNotTotal(TypeError):
    """A table has not exactly one cell for each state and event; the message names the pairs."""


@frozen
class Table(Generic[S]):
    """One table."""

    name: str
    start: S
    alphabet: tuple[type, ...]
    cells: Mapping[tuple[S, type], Rule[S] | Ignored]

    def __attrs_post_init__(self) -> None:
        """Refuse a table that is not total, or that holds a cell for what it never hears."""
        odd = {(state, event) for state in type(self.start) for event in self.alphabet} ^ set(self.cells)
        if odd:
            pairs = ", ".join(sorted(f"{state.value} {event.__name__}" for state, event in odd))
            raise TableNotTotal(f"{self.name}: cells missing or beyond the alphabet: {pairs}")

    def cell(self, state: S, event: type) -> Rule[S] | Ignored:
        """Return the cell of an event in the alphabet."""
        return self.cells[state, event]


def rule(does: Callable[[Turn, Any], None], to: S | Iterable[S], says: str) -> Rule[S]:
    """Write a rule down."""
    return Rule(does, frozenset([to]) if isinstance(to, Enum) else frozenset(to), says)


def rows(
    state: S, cells: Mapping[type | tuple[type, ...], Rule[S] | Ignored]
) -> dict[tuple[S, type], Rule[S] | Ignored]:
    """Write down the cells of one state; several events may share one."""
    return {
        (state, event): cell
        for events, cell in cells.items()
        for event in (events if isinstance(events, tuple) else (events,))
    }
