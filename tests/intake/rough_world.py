"""A rough world for the intake, without a runner and without time.

Any question may be answered at any moment, well or badly, or never; any timer may fire whenever; the plug may be pulled
between any two steps. What must never happen is checked at each step, here, by people who know nothing of the tables:
from the effects, the journal on its disk, and where the things really are.
"""

from __future__ import annotations

import functools
import hashlib
import uuid

from attrs import evolve

from application.ports.hardware import HardwareError
from application.ports.journal import JournalFailed as AppendFailed
from domain.deposits import bodies
from domain.deposits.bodies import Outcome, body_of, kind_of, written
from domain.deposits.intake import effects, events
from domain.deposits.intake.recovery import open_end
from domain.deposits.intake.reducer import step
from domain.deposits.intake.state import HealthState, ItemState, VisitState, asleep
from domain.deposits.journal import NO_HASH, read, write
from domain.deposits.scanning import CodeVerdict
from simulators.chute import Place, SimulatedChute, Thing
from simulators.journal import SimulatedDisk, SimulatedJournal, SyncFault
from tests.intake import samples
from tests.intake.samples import BOTTLE, CONFIGURATION, MACHINE, NOW, PAPER, PRICES

MOST_STEPS_TO_REST = 200


def picture(tag):
    """The picture of a thing; no two things look alike."""
    looks = hashlib.sha256(tag.encode()).hexdigest()[:16]
    return evolve(samples.picture(tag), perceptual_hash=looks)


@functools.lru_cache(maxsize=10_000)
def parsed(raw):
    entry = read(raw)
    return entry.id, body_of(entry)


class RoughWorld:
    def __init__(self, configuration=CONFIGURATION):
        self.configuration = configuration
        self.disk = SimulatedDisk()
        self.chute = SimulatedChute()
        self.things = {}
        self.ids = 0
        self.boots = 0
        self.pulls = 0
        """Items that were pulled out again after they had been counted in."""
        self.plug_in()

    def thing(self, *, bottle):
        tag = f"{'bottle' if bottle else 'paper'}-{len(self.things)}"
        self.things[tag] = Thing(tag, picture(tag).sha256)
        return self.things[tag]

    # ------------------------------------------------------------ life and death

    def plug_in(self, *, unreadable=False):
        self.boots += 1
        self.boot = str(uuid.UUID(int=self.boots))
        self.seq = 0
        self.journal = SimulatedJournal(self.disk)
        self.state = asleep(self.configuration)
        self.questions, self.timers, self.answers = [], [], []
        self.restart_wanted = self.lost = False
        self.halted_at = 0
        self.step(events.PricesChanged(PRICES))
        faults = ({"journal"} if unreadable else set()) | (set() if self.chute.reachable else {"chute"})
        self.step(events.Booted(self.boot, open_end(self.journal.open_end()), frozenset(faults)))
        self.chute.listen(lambda notice: self.step(events.ItemSeen() if notice.present else events.ItemTaken()))

    def pull_the_plug(self, *, unreadable=False):
        self.chute.unplug()
        self.plug_in(unreadable=unreadable)

    # ------------------------------------------------------------ one step, and what must hold of it

    def step(self, event):
        self.state, wanted = step(self.state, event)
        for effect in wanted:
            if isinstance(effect, effects.SetTimer):
                self.timers.append(effect)
            elif isinstance(effect, effects.Restart):
                self.restart_wanted = True
            elif isinstance(effect, effects.Show):
                self.check_view(effect.view)
            else:
                self.check_question(effect)
                self.questions.append(effect)
        if any(isinstance(effect, effects.Journal) for effect in wanted):
            assert not isinstance(event, events.JournalFailed)
        self.check_state()

    def check_question(self, effect):
        waiting = [other for other in self.questions if self.waited_for(other)]
        if isinstance(effect, effects.Journal):
            assert not self.lost, "nothing is appended after a failure until a restart"
            assert not any(isinstance(other, effects.Journal) for other in waiting), "one entry at a time"
            if isinstance(effect.body, bodies.ItemSettled):
                self.check_settlement(effect.body)
        elif isinstance(effect, effects.Move):
            assert not any(isinstance(other, effects.Move) for other in waiting), "one motor, one move"
            self.check_move(effect)
            self.chute.turning = True  # and the flap keeps hands out until it stops

    def check_move(self, move):
        _, decided = self.unsettled() or (None, None)
        assert not self.state.hand, "nothing moves while a hand is in the chute"
        if move.way is effects.Way.IN:
            assert decided is not None, "taken in without a durable decision"
            assert decided.decision.accepted, "a refused item is not taken in"
            assert not self.state.item.changed, "what has changed is not taken in"
        elif move.way is effects.Way.LOOSE:
            assert decided is not None, "moved loose without a durable decision"
        elif decided is None:
            assert self.state.item.shown is None, "moved out after it was settled"

    def check_settlement(self, settled):
        entry, decided = self.unsettled() or (None, None)
        assert entry == settled.item, "what is settled was decided on, and not settled before"
        thing = self.thing_of(decided)
        if thing is None:
            assert not decided.decision.accepted
        elif settled.outcome is Outcome.STORED:
            assert thing.place is Place.BIN
        elif settled.outcome is Outcome.RETURNED:
            assert thing.place in {Place.INTAKE, Place.PERSON} or thing.mistaken
        else:
            assert thing.place is not Place.BIN, "what was counted in is not unknown"

    def check_view(self, view):
        """Everything on the screen stands in the journal."""
        entries = dict(self.durable())
        settled = {body.item: body.outcome for body in entries.values() if isinstance(body, bodies.ItemSettled)}
        for item in view.items:
            decided = entries[item.id]
            assert item.accepted == decided.decision.accepted
            assert item.points == (decided.promise.points if decided.promise else None)
            assert item.outcome is None or settled[item.id] is item.outcome
        paid = [
            body.promise.points if body.promise else 0
            for entry, body in entries.items()
            if isinstance(body, bodies.ItemDecided) and body.visit == view.visit and body.decision.accepted
            and settled.get(entry, Outcome.RETURNED) is not Outcome.RETURNED
        ]  # fmt: skip
        assert view.paid <= len(paid), "counted before it was settled"
        assert (view.points or 0) <= sum(paid), "points before they were settled"

    def check_state(self):
        state = self.state
        if state.item.state is not ItemState.NONE:
            assert state.visit.state in {
                VisitState.OPEN, VisitState.ENDING, VisitState.REPORTING, VisitState.CLOSING,
            }  # fmt: skip
        waiting = [part.ticket for part in (state.visit, state.item, state.health) if part.ticket is not None]
        assert len(waiting) == len(set(waiting)), "a ticket has one owner"
        assert set(waiting) <= {timer.ticket for timer in self.timers}, "a question without a guard waits for ever"
        if state.visit.state is VisitState.OPEN and state.item.state is ItemState.NONE and state.serving:
            waits = state.visit.phone or state.hand
            assert not state.present or waits, "what lies there while a visit is open is looked at"

    def waited_for(self, effect):
        return effect.ticket in {self.state.visit.ticket, self.state.item.ticket, self.state.health.ticket}

    # ------------------------------------------------------------ what the world does about questions

    def act(self, index, *, well=True):
        """Carry one of the open questions out; its answer is on its way."""
        question = self.questions.pop(index % len(self.questions))
        self.answers.append(self.carried_out(question, well=well))

    def deliver(self, index):
        """Let one of the answers arrive."""
        self.step(self.answers.pop(index % len(self.answers)))

    def carried_out(self, question, *, well):
        if isinstance(question, effects.Journal):
            return self.append(question, well=well)
        if isinstance(question, effects.Move) and question.ticket.number <= self.halted_at:
            return events.Failed(question.ticket, "halted")
        try:
            return self.good_answer(question) if well else self.bad_answer(question)
        except HardwareError as broken:
            return events.Failed(question.ticket, str(broken))

    def good_answer(self, question):
        ticket = question.ticket
        if isinstance(question, effects.VerifyToken):
            return events.TokenJudged(ticket, CodeVerdict.OK, NOW)
        if isinstance(question, effects.Claim):
            return events.Claimed(ticket, confirmed=True, why="ok")
        if isinstance(question, effects.Capture):
            counters = self.chute.counters()
            return events.Captured(ticket, picture(self.chute.row[0].tag if self.chute.row else "none"), counters)
        if isinstance(question, effects.LookAgain):
            shot = picture(self.chute.row[0].tag if self.chute.row else "none")
            return events.LookedAgain(ticket, shot)
        if isinstance(question, effects.Recognise):
            return events.Recognised(ticket, BOTTLE if self.tag(question.picture).startswith("bottle") else PAPER, NOW)
        if isinstance(question, effects.Move):
            if question.way is effects.Way.LOOSE:
                self.chute.loosen()
            else:
                self.chute.take_in() if question.way is effects.Way.IN else self.chute.give_back()
            return events.Moved(ticket)
        self.chute.halt()
        self.halted_at = self.state.tickets
        return events.Inspected(ticket, self.chute.counters(), self.chute.present())

    def bad_answer(self, question):
        ticket = question.ticket
        if isinstance(question, effects.VerifyToken) and ticket.number % 2:
            return events.TokenJudged(ticket, CodeVerdict.EXPIRED, NOW)
        if isinstance(question, effects.Claim) and ticket.number % 2:
            return events.Claimed(ticket, confirmed=False, why="withdrawn")
        if isinstance(question, effects.Capture):
            return events.Captured(ticket, None, self.chute.counters())
        if isinstance(question, effects.LookAgain):
            if ticket.number % 2:
                return events.Failed(ticket, "it failed")
            return events.LookedAgain(ticket, picture("other") if ticket.number % 4 else None)
        return events.Failed(ticket, "it failed")

    def append(self, question, *, well):
        last = self.journal.last()
        self.ids += 1
        entry = write(
            id=str(uuid.UUID(int=self.ids)), machine=MACHINE, epoch=self.boot, seq=self.seq,
            prev=last.hash if last else NO_HASH, mono=self.ids, wall=NOW, trusted=True,
            kind=kind_of(question.body), body=written(question.body),
        )  # fmt: skip
        if not well:
            self.disk.next_sync = SyncFault.KEPT if self.ids % 2 else SyncFault.LOST
        try:
            self.journal.append(entry)
        except AppendFailed:
            return events.JournalFailed(question.ticket)
        self.seq += 1
        return events.Journalled(question.ticket, entry.id)

    def fire(self, index):
        """Let any timer fire, however early, late or often."""
        self.step(events.TimerFired(self.timers[index % len(self.timers)].ticket))

    # ------------------------------------------------------------ coming to rest

    @property
    def at_rest(self):
        if self.state.visit.state is not VisitState.IDLE or self.state.item.state is not ItemState.NONE:
            return False
        return self.state.health.state in {HealthState.IN_SERVICE, HealthState.OUT}

    def silence(self):
        """How long it takes to come to rest when nothing answers and timers alone speak, microseconds."""
        state, now = self.state, 0
        due = {timer.ticket: timer.delay for timer in self.timers}
        for _ in range(MOST_STEPS_TO_REST):
            idle = state.visit.state is VisitState.IDLE and state.item.state is ItemState.NONE
            if idle and state.health.state in {HealthState.IN_SERVICE, HealthState.OUT}:
                return now
            waiting = [part.ticket for part in (state.visit, state.item, state.health) if part.ticket is not None]
            assert waiting, f"stuck: {state.visit.state} {state.item.state} {state.health.state}"
            first = min(waiting, key=lambda ticket: due[ticket])
            now = max(now, due[first])
            state, wanted = step(state, events.TimerFired(first))
            due |= {effect.ticket: now + effect.delay for effect in wanted if isinstance(effect, effects.SetTimer)}
        raise AssertionError("no rest")

    def settle_down(self):
        """Mend everything, answer everything, and restart where that is wanted, until people are served again."""
        self.chute.reachable, self.chute.mishap = True, None
        self.step(events.HandGone())
        for _ in range(MOST_STEPS_TO_REST):
            for part in sorted(self.state.health.faults - {"journal", "vision", "chute", "camera"}):
                self.step(events.FaultCleared(part))
            current = next((place for place, q in enumerate(self.questions) if self.waited_for(q)), None)
            if self.restart_wanted:
                self.pull_the_plug()
            elif self.answers:
                self.deliver(0)
            elif current is not None:
                self.act(current)
            elif self.at_rest and self.state.health.state is HealthState.IN_SERVICE:
                return
            else:
                waiting = [timer for timer in self.timers if self.waited_for(timer)]
                assert waiting, f"stuck: {self.state}"
                self.step(events.TimerFired(waiting[0].ticket))
        raise AssertionError(f"not in service after {MOST_STEPS_TO_REST} steps: {self.state}")

    def pull_back(self):
        """Something that had been counted in is seen coming out; which, the intake knows as far as it remembers."""
        self.pulls += 1
        self.step(events.PulledBack())

    # ------------------------------------------------------------ what is true in the end

    def tag(self, shot):
        return bytes.fromhex(shot.sha256).lstrip(b"\0").decode()

    def thing_of(self, decided):
        """The thing that was decided on (tags stand in for pictures)."""
        return self.things[self.tag(decided.picture)] if decided.picture else None

    def durable(self):
        return [parsed(raw) for raw in self.disk.entries]

    def unsettled(self):
        """The item that was decided on and not settled, as the disk has it: its entry's id and its body."""
        found = None
        for entry, body in self.durable():
            if isinstance(body, bodies.ItemDecided):
                assert found is None, "two items in flight"
                found = (entry, body)
            elif isinstance(body, bodies.ItemSettled):
                assert found is not None
                assert found[0] == body.item
                found = None
            elif isinstance(body, bodies.VisitClosed):
                assert found is None, "closed over an item in flight"
        return found

    def check_accounts(self):
        """Each thing in the bin is stored once in the journal, and nothing else is."""
        assert self.unsettled() is None
        entries = dict(self.durable())
        outcomes = [body for body in entries.values() if isinstance(body, bodies.ItemSettled)]
        paid = [
            (body.outcome, self.thing_of(entries[body.item])) for body in outcomes
            if entries[body.item].decision.accepted and body.outcome is not Outcome.RETURNED
        ]  # fmt: skip
        told = [body.item for body in entries.values() if isinstance(body, bodies.SuspicionRaised)]
        known = [item for item in told if item is not None]
        assert len(set(known)) == len(known), "each item's pull is told of once"
        assert len(told) <= self.pulls, "and nothing else is"
        assert all(entries[item].decision.accepted for item in known)
        for thing in self.things.values():
            stored = sum(one is thing and outcome is Outcome.STORED for outcome, one in paid)
            assert stored == (thing.place is Place.BIN), f"{thing.tag}: {thing.place}, stored {stored} times"
            if thing.place is Place.JAMMED and not thing.mistaken:
                unknown = sum(one is thing and outcome is Outcome.UNKNOWN for outcome, one in paid)
                assert unknown == 1, f"{thing.tag} is jammed inside and was paid {unknown} times"
