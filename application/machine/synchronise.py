"""Bring the journal to the platform, for as long as the machine runs: the table's effects carried out."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

from application.ports.clock import Clock, Random
from application.ports.journal import Journal, JournalError
from application.ports.scheduler import Scheduler
from application.ports.uplink import Gap, Refused, Uplink, UplinkError
from domain.deposits.journal import place_of
from domain.deposits.synchronisation.rules import react
from domain.deposits.synchronisation.words import (
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
    Stopped,
    Synchronisation,
    Taken,
    TimerFired,
    TurnedAway,
)


@define
class Synchronise:
    """The runner of the synchronisation table. All but `start`, `stop` and `appended` runs by the scheduler.

    `boot` is the epoch of this life, `changed` is told of every step (from the deciding thread).
    """

    journal: Journal
    uplink: Uplink
    scheduler: Scheduler
    clock: Clock
    chance: Random
    boot: str
    changed: Callable[[Synchronisation], None] = lambda _: None
    now: Synchronisation = field(factory=Synchronisation, init=False)

    def start(self) -> None:
        """Begin."""
        self.scheduler.soon(lambda: self._happen(Started()))

    def stop(self) -> None:
        """End; what is under way is not waited for, and sent again by the next life if it got lost."""
        self.scheduler.soon(lambda: self._happen(Stopped()))

    def appended(self) -> None:
        """Tell that the journal has a new entry. Safe from any thread."""
        self.scheduler.soon(lambda: self._happen(Appended()))

    def _happen(self, event: Event) -> None:
        self.now, effects = react(self.now, event)
        for effect in effects:
            self._carry_out(effect)
        self.changed(self.now)

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, SetTimer):
            ticket = effect.ticket
            delay = effect.least + round(self.chance.fraction() * (effect.most - effect.least))
            self.scheduler.after(delay, lambda: self._happen(TimerFired(ticket)))
        elif isinstance(effect, Remember):
            cursor = effect.cursor
            # A hint: whether it reached the disk is nobody's concern.
            self.scheduler.aside(lambda: self.journal.acknowledge(cursor), lambda _: None, cost="acknowledge")
        elif isinstance(effect, Ask):
            self._aside(effect.ticket, lambda: self._ask(effect), cost="ask")
        elif isinstance(effect, Locate):
            self._aside(effect.ticket, lambda: self._locate(effect), cost="locate")
        elif isinstance(effect, Read):
            self._aside(effect.ticket, lambda: self._read(effect), cost="read")
        else:
            self._aside(effect.ticket, lambda: self._send(effect), cost="send")

    def _aside(self, ticket: int, work: Callable[[], Event], *, cost: str) -> None:
        def done(result: Event | BaseException) -> None:
            self._happen(self._failure(ticket, result) if isinstance(result, BaseException) else result)

        self.scheduler.aside(work, done, cost=cost)

    @staticmethod
    def _failure(ticket: int, error: BaseException) -> Event:
        if isinstance(error, Refused):
            return TurnedAway(ticket, str(error))
        if isinstance(error, (UplinkError, JournalError)):
            return Failed(ticket, str(error))
        raise error

    def _ask(self, question: Ask) -> Event:
        return Held(question.ticket, self.uplink.held())

    def _locate(self, question: Locate) -> Event:
        return Located(question.ticket, self.journal.holds(question.cursor))

    def _read(self, question: Read) -> Event:
        return EntriesRead(question.ticket, tuple(self.journal.after(question.after, question.most)))

    def _send(self, question: Send) -> Event:
        raw = [entry.raw for entry in question.entries]
        waiting = self.journal.count_after(place_of(question.entries[-1]))
        answer = self.uplink.send(self.boot, self.clock.now(), raw, waiting)
        if isinstance(answer, Gap):
            return GapFound(question.ticket, answer.held)
        return Taken(question.ticket, answer)
