"""Walks a life of the intake step by step, by hand: an event goes in, its questions are kept for answering."""

from __future__ import annotations

from domain.deposits.bodies import Counters
from domain.deposits.intake import effects, events
from domain.deposits.intake.reducer import step
from domain.deposits.intake.state import Configuration, asleep
from domain.deposits.scanning import CodeVerdict
from tests.intake.samples import ALICE, BOTTLE, CONFIGURATION, NO_COUNTS, NOW, PRICES, picture

PICTURE = picture()


class Walk:
    def __init__(self, configuration: Configuration = CONFIGURATION, boot: str = "boot-1"):
        self.boot = boot
        self.state = asleep(configuration)
        self.effects = ()
        self.asked = {}
        self.timers = {}
        self.entries = 0

    # ------------------------------------------------------------ steps

    def event(self, event):
        self.state, self.effects = step(self.state, event)
        for effect in self.effects:
            if isinstance(effect, effects.SetTimer):
                self.timers[type(self.question(effect.ticket))] = effect
            elif hasattr(effect, "ticket"):
                self.asked[type(effect)] = effect
        return self

    def question(self, ticket):
        """Return what a timer guards: the question with its ticket, or the timer itself where nothing was asked."""
        return next(effect for effect in self.effects if getattr(effect, "ticket", None) == ticket)

    def ticket(self, question):
        return self.asked[question].ticket

    def timer(self, question=effects.SetTimer):
        """Let the timer that guards the last such question fire; plain waiting is asked by SetTimer itself."""
        return self.event(events.TimerFired(self.timers[question].ticket))

    # ------------------------------------------------------------ answers

    def written(self, entry=None):
        self.entries += 1
        return self.event(events.Journalled(self.ticket(effects.Journal), entry or f"entry-{self.entries}"))

    def write_failed(self):
        return self.event(events.JournalFailed(self.ticket(effects.Journal)))

    def judged(self, verdict=CodeVerdict.OK, now=NOW):
        return self.event(events.TokenJudged(self.ticket(effects.VerifyToken), verdict, now))

    def claimed(self, confirmed=True, why="ok"):
        return self.event(events.Claimed(self.ticket(effects.Claim), confirmed, why))

    def captured(self, shot=PICTURE, counters=NO_COUNTS):
        return self.event(events.Captured(self.ticket(effects.Capture), shot, counters))

    def recognised(self, what=BOTTLE, now=NOW):
        return self.event(events.Recognised(self.ticket(effects.Recognise), what, now))

    def looked_again(self, shot=PICTURE):
        return self.event(events.LookedAgain(self.ticket(effects.LookAgain), shot))

    def moved(self):
        return self.event(events.Moved(self.ticket(effects.Move)))

    def inspected(self, passed_in=0, passed_out=0, present=False):
        counters = Counters(passed_in, passed_out)
        return self.event(events.Inspected(self.ticket(effects.Inspect), counters, present))

    def failed(self, question):
        return self.event(events.Failed(self.ticket(question), "it failed"))

    # ------------------------------------------------------------ whole stretches

    def in_service(self, left=None):
        return self.event(events.PricesChanged(PRICES)).event(events.Booted(self.boot, left)).written()

    def visit_open(self, code=ALICE):
        return self.in_service().event(events.QrRead(code)).judged().claimed().written("visit-1")

    def item_decided(self, what=BOTTLE):
        return self.visit_open().event(events.ItemSeen()).captured().recognised(what)

    def item_moving(self, what=BOTTLE):
        walk = self.item_decided(what).written("item-1")
        return walk.looked_again() if walk.did(effects.LookAgain) else walk

    # ------------------------------------------------------------ looking

    @property
    def at(self):
        return self.state.visit.state.value, self.state.item.state.value, self.state.health.state.value

    def did(self, kind):
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def body(self):
        """What the last step wants written down."""
        (journal,) = self.did(effects.Journal)
        return journal.body

    @property
    def view(self):
        return self.state.shown
