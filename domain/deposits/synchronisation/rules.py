"""Bringing the journal to the platform: what to ask, read and send next, as a table without I/O.

The laws:
1. Entries go in the journal's order, from where the platform says it stands. The machine's own notion of that
   (`cursor`) is a guess, and the platform's word replaces it whenever the two differ.
2. A question and the timer that guards it share one ticket. An answer with another ticket than the newest is stale
   and dropped before the table sees it, so no rule checks tickets.
3. Whatever happens, it goes on: every state but `off` has a timer running that leads back to `asking`.
4. Sending something again is harmless, so whoever is in doubt sends again; without progress, after a back-off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, evolve, field, frozen

from domain.deposits.journal import Cursor, Entry, place_of
from domain.deposits.synchronisation.words import (
    ALPHABET,
    FIRST_BACKOFF,
    LONGEST_ANSWER,
    LONGEST_BACKOFF,
    MOST_BYTES,
    MOST_ENTRIES,
    REST,
    Appended,
    Ask,
    Effect,
    EntriesRead,
    Event,
    Failed,
    GapFound,
    Held,
    Locate,
    Located,
    Read,
    Remember,
    Send,
    SetTimer,
    Started,
    State,
    Stopped,
    Synchronisation,
    Taken,
    TimerFired,
    TurnedAway,
)


@define
class Turn:
    """One step while it is being taken."""

    sync: Synchronisation
    effects: list[Effect] = field(factory=list)

    def become(self, state: State, **changes: Any) -> None:
        """Change."""
        self.sync = evolve(self.sync, state=state, **changes)

    def ask(self, question: Callable[[int], Effect]) -> None:
        """Ask under a new ticket, guarded by a timer."""
        ticket = self._ticket()
        self.effects.append(question(ticket))
        self.effects.append(SetTimer(ticket, LONGEST_ANSWER, LONGEST_ANSWER))

    def wait(self, least: int, most: int) -> None:
        """Set a timer under a new ticket."""
        self.effects.append(SetTimer(self._ticket(), least, most))

    def _ticket(self) -> int:
        self.sync = evolve(self.sync, ticket=self.sync.ticket + 1)
        return self.sync.ticket


@frozen
class Rule:
    """What is done about an event in a state."""

    does: Callable[[Turn, Any], None]
    to: frozenset[State]
    """Every state it may lead to."""
    says: str
    """The rule in a few words, for the diagram."""


@frozen
class Ignored:
    """Nothing is done, and that is meant."""

    why: str


def _ask(turn: Turn, _: Event) -> None:
    turn.become(State.ASKING, aim=None)
    turn.ask(Ask)


def _locate(turn: Turn, held: Cursor | None) -> None:
    if held is None:
        _read(turn, None)
        return
    turn.become(State.LOCATING, aim=held)
    turn.ask(lambda ticket: Locate(ticket, held))


def _read(turn: Turn, after: Cursor | None) -> None:
    turn.become(State.READING, cursor=after, aim=None, woken=False)
    turn.ask(lambda ticket: Read(ticket, after, MOST_ENTRIES))


def _take_held(turn: Turn, event: Held) -> None:
    _locate(turn, event.cursor)


def _take_located(turn: Turn, event: Located) -> None:
    # A place that is not ours (another life of this disk went on): all we have is sent, from the start.
    found = turn.sync.aim if event.found else None
    if found is not None:
        turn.effects.append(Remember(found))
    _read(turn, found)


def _take_entries(turn: Turn, event: EntriesRead) -> None:
    if event.entries:
        batch = fitting(event.entries)
        turn.become(State.SENDING, aim=place_of(batch[-1]))
        turn.ask(lambda ticket: Send(ticket, batch))
    elif turn.sync.woken:
        _read(turn, turn.sync.cursor)
    else:
        turn.become(State.RESTING, failures=0)
        turn.wait(REST, REST)


def _take_answer(turn: Turn, event: Taken) -> None:
    aim = turn.sync.aim
    if aim is None or (event.cursor.epoch == aim.epoch and event.cursor.seq < aim.seq):
        _take_gap(turn, GapFound(event.ticket, event.cursor))
        return
    # It may hold more than was sent, from another life of this disk: what we have goes there all the same.
    turn.sync = evolve(turn.sync, failures=0)
    turn.effects.append(Remember(aim))
    _read(turn, aim)


def _take_gap(turn: Turn, event: GapFound) -> None:
    if turn.sync.failures:
        _back_off(turn, event)
        return
    turn.sync = evolve(turn.sync, failures=1)
    _locate(turn, event.held)


def _read_on(turn: Turn, _: Event) -> None:
    _read(turn, turn.sync.cursor)


def _note_it(turn: Turn, _: Event) -> None:
    turn.sync = evolve(turn.sync, woken=True)


def _back_off(turn: Turn, _: Event) -> None:
    failures = turn.sync.failures + 1
    turn.become(State.WAITING, failures=failures, aim=None)
    turn.wait(0, longest_backoff(failures))


def _back_off_long(turn: Turn, _: Event) -> None:
    turn.become(State.WAITING, failures=turn.sync.failures + 1, aim=None)
    turn.wait(0, LONGEST_BACKOFF)


def _stop(turn: Turn, _: Event) -> None:
    turn.become(State.OFF, ticket=turn.sync.ticket + 1, aim=None, woken=False, failures=0)


def _rule(does: Callable[[Turn, Any], None], says: str, *to: State) -> Rule:
    return Rule(does, frozenset(to), says)


_STOP = _rule(_stop, "stop", State.OFF)
_FAIL = _rule(_back_off, "wait, longer each time", State.WAITING)
_REFUSED = _rule(_back_off_long, "wait long", State.WAITING)
_NOTE = _rule(_note_it, "remember that there is more")
_UNASKED = Ignored("no such question is asked in this state")
_RUNS = Ignored("it runs already")


def _asked(state: State, **rules: Rule) -> dict[tuple[State, type], Rule | Ignored]:
    """Write down the cells of a state in which a question is open: any of them may fail or time out."""
    cells: dict[tuple[State, type], Rule | Ignored] = {(state, event): _UNASKED for event in ALPHABET}
    cells |= {(state, Started): _RUNS, (state, Stopped): _STOP, (state, Appended): _NOTE}
    cells |= {(state, event): _FAIL for event in (Failed, TimerFired)}
    cells |= {(state, TurnedAway): _REFUSED}
    by_name = {event.__name__: event for event in ALPHABET}
    return cells | {(state, by_name[name]): rule for name, rule in rules.items()}


def _still(state: State, **rules: Rule | Ignored) -> dict[tuple[State, type], Rule | Ignored]:
    """Write down the cells of a state in which nothing is asked."""
    cells: dict[tuple[State, type], Rule | Ignored] = {(state, event): _UNASKED for event in ALPHABET}
    by_name = {event.__name__: event for event in ALPHABET}
    return cells | {(state, by_name[name]): rule for name, rule in rules.items()}


TABLE: Mapping[tuple[State, type], Rule | Ignored] = {
    **_still(
        State.OFF,
        Started=_rule(_ask, "ask where the platform stands", State.ASKING),
        Stopped=Ignored("it is off"),
        Appended=Ignored("it will be read once synchronisation starts"),
    ),
    **_asked(
        State.ASKING,
        Held=_rule(_take_held, "look for that place", State.LOCATING, State.READING),
    ),
    **_asked(
        State.LOCATING,
        Located=_rule(_take_located, "read on from there, or all", State.READING),
    ),
    **_asked(
        State.READING,
        EntriesRead=_rule(_take_entries, "send them", State.SENDING, State.READING, State.RESTING),
    ),
    **_asked(
        State.SENDING,
        Taken=_rule(_take_answer, "read on", State.READING, State.LOCATING, State.WAITING),
        GapFound=_rule(_take_gap, "go back to what it holds", State.LOCATING, State.READING, State.WAITING),
    ),
    **_still(
        State.RESTING,
        Started=_RUNS,
        Stopped=_STOP,
        Appended=_rule(_read_on, "read it", State.READING),
        TimerFired=_rule(_ask, "ask again", State.ASKING),
    ),
    **_still(
        State.WAITING,
        Started=_RUNS,
        Stopped=_STOP,
        Appended=Ignored("it is read after the back-off"),
        TimerFired=_rule(_ask, "ask where the platform stands", State.ASKING),
    ),
}
"""Total: each state has a cell for each event."""


def react(sync: Synchronisation, event: Event) -> tuple[Synchronisation, tuple[Effect, ...]]:
    """Take one step. Stale answers change nothing."""
    if getattr(event, "ticket", sync.ticket) != sync.ticket:
        return sync, ()
    cell = TABLE[sync.state, type(event)]
    if isinstance(cell, Ignored):
        return sync, ()
    turn = Turn(sync)
    cell.does(turn, event)
    if turn.sync.state is not sync.state and turn.sync.state not in cell.to:
        raise AssertionError(f"{sync.state.value} and {type(event).__name__} never lead to {turn.sync.state.value}")
    return turn.sync, tuple(turn.effects)


def longest_backoff(failures: int) -> int:
    """Return the bound of the wait after so many failures in a row (from 1), microseconds."""
    return min(LONGEST_BACKOFF, FIRST_BACKOFF << min(failures - 1, 10))


def fitting(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return as many of the first entries as fit a batch; at least one."""
    size = 0
    for count, entry in enumerate(entries[:MOST_ENTRIES]):
        size += len(entry.raw)
        if size > MOST_BYTES and count:
            return entries[:count]
    return entries[:MOST_ENTRIES]
