"""A ticket: something at a machine that a person has to see to. An alert opens it; at most one is open for each rule.

The life is the table `TABLE`; what is not in it cannot happen. An alert that clears by itself closes a ticket that
nobody took; one that comes back soon opens the same ticket again instead of a new one.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from attrs import evolve, frozen

from domain.fleet.telemetry import HOUR

SAME_WITHIN = HOUR
"""An alert that comes back within this after its ticket was resolved opens that ticket again, microseconds."""
LONGEST_NOTE = 2000


class State(str, enum.Enum):
    """Where a ticket stands."""

    OPEN = "open"
    TAKEN = "taken"
    """A person sees to it."""
    RESOLVED = "resolved"


class Step(str, enum.Enum):
    """What happens to a ticket."""

    RAISED = "raised"
    CLEARED = "cleared"
    TAKE = "take"
    RESOLVE = "resolve"


TABLE: Mapping[tuple[State, Step], State] = {
    (State.OPEN, Step.RAISED): State.OPEN,
    (State.OPEN, Step.CLEARED): State.RESOLVED,
    (State.OPEN, Step.TAKE): State.TAKEN,
    (State.OPEN, Step.RESOLVE): State.RESOLVED,
    (State.TAKEN, Step.RAISED): State.TAKEN,
    (State.TAKEN, Step.CLEARED): State.TAKEN,
    (State.TAKEN, Step.TAKE): State.TAKEN,
    (State.TAKEN, Step.RESOLVE): State.RESOLVED,
    (State.RESOLVED, Step.RAISED): State.OPEN,
    (State.RESOLVED, Step.RESOLVE): State.RESOLVED,
}
"""State after each step. A resolved ticket is neither taken nor cleared."""


class TicketResolved(Exception):
    """The ticket is resolved: nobody can take it."""


class TakenByAnother(Exception):
    """Another person sees to it."""


class NoteTooLong(ValueError):
    """A note is longer than anybody reads."""


@frozen
class Ticket:
    """One ticket. Times are microseconds UTC."""

    id: str
    organisation: str
    machine: str
    rule: str
    opened_at: int
    state: State = State.OPEN
    times: int = 1
    """How often the alert was raised."""
    cleared_at: int | None = None
    """When the alert cleared last; None while it stands."""
    taken_by: str | None = None
    taken_at: int | None = None
    resolved_by: str | None = None
    """The person; None when it cleared by itself."""
    resolved_at: int | None = None
    note: str = ""

    def same_again(self, at: int) -> bool:
        """Tell whether an alert that is raised at `at` belongs to this ticket."""
        return self.resolved_at is None or at - self.resolved_at <= SAME_WITHIN


def raised_again(ticket: Ticket) -> Ticket:
    """Note that the alert was raised once more."""
    state = TABLE[ticket.state, Step.RAISED]
    back = ticket.state is State.RESOLVED
    again = evolve(ticket, state=state, times=ticket.times + 1, cleared_at=None)
    if not back:
        return again
    return evolve(again, taken_by=None, taken_at=None, resolved_by=None, resolved_at=None)


def cleared(ticket: Ticket, at: int) -> Ticket:
    """Note that the alert cleared; a ticket that nobody took is resolved by that."""
    if ticket.state is State.RESOLVED:
        return ticket
    state = TABLE[ticket.state, Step.CLEARED]
    over = evolve(ticket, state=state, cleared_at=at)
    return evolve(over, resolved_at=at) if state is State.RESOLVED else over


def take(ticket: Ticket, person: str, at: int) -> Ticket:
    """Let a person see to it; the same person again changes nothing. Raises TicketResolved, TakenByAnother."""
    if (ticket.state, Step.TAKE) not in TABLE:
        raise TicketResolved(f"ticket {ticket.id} is resolved")
    if ticket.taken_by == person:
        return ticket
    if ticket.taken_by is not None:
        raise TakenByAnother(f"another person sees to ticket {ticket.id}")
    return evolve(ticket, state=State.TAKEN, taken_by=person, taken_at=at)


def resolve(ticket: Ticket, person: str, note: str, at: int) -> Ticket:
    """Resolve it; again changes nothing. Raises NoteTooLong."""
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(f"a note has at most {LONGEST_NOTE} characters")
    if ticket.state is State.RESOLVED:
        return ticket
    return evolve(
        ticket, state=TABLE[ticket.state, Step.RESOLVE], resolved_by=person, resolved_at=at, note=note
    )  # fmt: skip
