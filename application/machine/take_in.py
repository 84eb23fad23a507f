"""Take items in: the one runner of the intake.

It owns the state, carries out effects through ports, and brings answers back as events. It decides nothing: whatever
reads like a rule belongs into `domain.deposits.intake`. All of it runs on the scheduler's deciding thread, save the
blocking work that is handed aside.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from attrs import field, frozen

from application.machine.entry_writer import EntryWriter
from application.machine.judge_code import judge_code, trusted_time
from application.machine.keep_pictures import KeepPictures
from application.ports.clock import Clock, IdSource
from application.ports.fail_points import FailPoint, NoFailPoints
from application.ports.hardware import (
    Button,
    Camera,
    Chute,
    Diverter,
    Fault,
    HardwareError,
    ItemPresence,
    Notice,
)
from application.ports.journal import Journal, JournalError
from application.ports.scheduler import Scheduler
from application.ports.screen import Screen
from application.ports.signing import SignatureVerifier
from application.ports.uplink import ClaimAnswer, TrustedKeys, Uplink
from application.ports.vision import Frame, VisionError
from domain.deposits.bodies import Counters, ItemDecided, Picture, kind_of
from domain.deposits.intake import effects, events
from domain.deposits.intake.recovery import open_end
from domain.deposits.intake.reducer import step
from domain.deposits.intake.state import Configuration, Intake, ItemState, Part, VisitState, asleep
from domain.deposits.journal import Entry, MalformedEntry
from domain.deposits.recognition import Recognition
from domain.points.price_list import PriceList

COMES_TO_REST = 400_000
"""Microseconds that a motor takes to stand still once it is halted: what lies on the belt moves on until then."""

T = TypeVar("T")
_log = logging.getLogger(__name__)

Observer = Callable[[events.Event, Intake, tuple[effects.Effect, ...]], None]
"""Told of each step: the event, the state after it, and the effects about to be carried out."""


@frozen
class Body:
    """What the intake is given to work with."""

    scheduler: Scheduler
    camera: Camera
    chute: Chute
    screen: Screen
    journal: Journal
    verifier: SignatureVerifier
    uplink: Uplink
    recognise: Callable[[Frame], Recognition]
    clock: Clock
    ids: IdSource
    trust: Callable[[], TrustedKeys | None]
    """What the machine was last told of its organisation and keys."""
    restart: Callable[[str], None]
    """Ends this life and starts the next; told why."""
    fail_points: FailPoint = field(factory=NoFailPoints)
    diverter: Diverter | None = None
    """What leads an item to its bin, where there are several."""
    pictures: KeepPictures | None = None
    """What keeps the pictures of items, where they are kept."""


class TakeIn:
    """One life of a machine's intake, from boot to power cut."""

    def __init__(
        self,
        body: Body,
        configuration: Configuration,
        *,
        machine: str,
        journalled: Callable[[Entry], None] = lambda _: None,
        observer: Observer = lambda *_: None,
    ) -> None:
        """`machine` is the machine's id; `journalled` is told of each entry once it is durable."""
        self._body = body
        self._machine = machine
        self._journalled = journalled
        self._observer = observer
        self._frame: Frame | None = None
        self.boot = body.ids.next()
        self._writer = EntryWriter(body.journal, body.clock, body.ids, machine=machine, boot=self.boot)
        self.state: Intake = asleep(configuration)
        self._carriers: dict[type, Callable[[Any], None]] = {
            effects.Show: self._show,
            effects.SetTimer: self._set_timer,
            effects.Restart: self._restart,
            effects.Journal: self._journal,
            effects.VerifyToken: self._verify_token,
            effects.Claim: self._claim,
            effects.Capture: self._capture,
            effects.Recognise: self._recognise,
            effects.LookAgain: self._look_again,
            effects.Move: self._move,
            effects.Inspect: self._inspect,
        }

    # -------------------------------------------------------------- from outside

    def start(self) -> None:
        """Boot: halt the motor before anything is looked at, then see what the journal left open."""
        self._aside("boot", self._look_back, self._step)

    def post(self, event: events.Outside) -> None:
        """Let something happen, after what is already waiting. Safe from any thread."""
        self._body.scheduler.soon(lambda: self._step(event))

    def notice(self, notice: Notice) -> None:
        """Hear what hardware tells by itself. Safe from any thread."""
        if isinstance(notice, ItemPresence):
            self.post(events.ItemSeen() if notice.present else events.ItemTaken())
        elif isinstance(notice, Fault):
            self.post(events.FaultSeen(notice.part) if notice.present else events.FaultCleared(notice.part))
        elif notice.button is Button.DONE:
            self.post(events.DonePressed())
        elif notice.button is Button.GUEST:
            self.post(events.GuestPressed(trusted_time(self._body.clock.now())))

    def prices(self, prices: PriceList | None) -> None:
        """Take a verified price list as the newest one. Safe from any thread."""
        self.post(events.PricesChanged(prices))

    @property
    def watching(self) -> bool:
        """Whether codes are to be read: nobody is at an item, and a code would mean something."""
        state = self.state
        return state.item.state is ItemState.NONE and state.visit.state in {VisitState.IDLE, VisitState.OPEN}

    # -------------------------------------------------------------- a life

    def _look_back(self) -> events.Booted:
        faults: set[str] = set()
        left = None
        try:
            self._body.chute.halt()
        except HardwareError as broken:
            _log.warning("boot: the motor did not answer: %s", broken)
            faults.add(Part.CHUTE.value)
        try:
            left = open_end(self._body.journal.open_end())
        except (JournalError, MalformedEntry):
            _log.exception("boot: the journal cannot be read")
            faults.add(Part.JOURNAL.value)
        return events.Booted(self.boot, left, frozenset(faults))

    def _step(self, event: events.Event | BaseException) -> None:
        if isinstance(event, BaseException):
            raise event
        self.state, wanted = step(self.state, event)
        self._observer(event, self.state, wanted)
        for effect in wanted:
            self._carry_out(effect)

    def _carry_out(self, effect: effects.Effect) -> None:
        self._body.fail_points.reached(f"before {name_of(effect)}")
        self._carriers[type(effect)](effect)
        if isinstance(effect, _AT_ONCE):
            self._body.fail_points.reached(f"after {name_of(effect)}")

    # -------------------------------------------------------------- effects that are done at once

    def _show(self, effect: effects.Show) -> None:
        try:
            self._body.screen.show(effect.view)
        except HardwareError as broken:
            _log.warning("nobody can see the screen: %s", broken)

    def _set_timer(self, effect: effects.SetTimer) -> None:
        self._body.scheduler.after(effect.delay, lambda: self._step(events.TimerFired(effect.ticket)))

    def _restart(self, effect: effects.Restart) -> None:
        self._body.restart(effect.why)

    # -------------------------------------------------------------- effects that are answered

    def _journal(self, effect: effects.Journal) -> None:
        def answer(entry: Entry) -> events.Event:
            self._journalled(entry)
            return events.Journalled(effect.ticket, entry.id)

        def failure(why: str) -> events.Event:
            return events.JournalFailed(effect.ticket)

        def write() -> Entry:
            if isinstance(effect.body, ItemDecided):
                self._keep_picture(effect.body)
            return self._writer.write(effect.body)

        self._ask(effect, "journal", write, answer, failure)

    def _keep_picture(self, decided: ItemDecided) -> None:
        """Have the picture on the disk before the entry that names it; mostly it is there, for it was begun early."""
        frame, pictures = self._frame, self._body.pictures
        named = decided.picture is not None and frame is not None and frame.sha256 == decided.picture.sha256
        if pictures is not None and frame is not None and named:
            pictures.keep(frame)

    def _verify_token(self, effect: effects.VerifyToken) -> None:
        now = trusted_time(self._body.clock.now())

        def judged() -> events.Event:
            verdict = judge_code(
                effect.text, trust=self._body.trust(), verifier=self._body.verifier, machine=self._machine, now=now
            )
            return events.TokenJudged(effect.ticket, verdict, now)

        self._ask(effect, "verify", judged)

    def _claim(self, effect: effects.Claim) -> None:
        def answer(said: ClaimAnswer) -> events.Event:
            return events.Claimed(effect.ticket, said.confirmed, said.why)

        self._ask(effect, "claim", lambda: self._body.uplink.claim(effect.text), answer)

    def _capture(self, effect: effects.Capture) -> None:
        def look() -> tuple[Counters, Frame | None]:
            counters = self._body.chute.counters()
            try:
                return counters, self._body.camera.capture()
            except (HardwareError, VisionError) as broken:
                _log.warning("no picture: %s", broken)
                return counters, None

        def answer(seen: tuple[Counters, Frame | None]) -> events.Event:
            counters, frame = seen
            self._frame = frame
            if frame is not None and self._body.pictures is not None:
                self._body.pictures.begin(frame)
            picture = Picture(frame.sha256, frame.perceptual_hash) if frame is not None else None
            return events.Captured(effect.ticket, picture, counters)

        self._ask(effect, "capture", look, answer)

    def _recognise(self, effect: effects.Recognise) -> None:
        frame = self._frame

        def answer(seen: Recognition) -> events.Event:
            return events.Recognised(effect.ticket, seen, trusted_time(self._body.clock.now()))

        def look() -> Recognition:
            if frame is None or frame.sha256 != effect.picture.sha256:
                raise VisionError("the picture that was taken is not at hand")
            return self._body.recognise(frame)

        self._ask(effect, "recognise", look, answer)

    def _look_again(self, effect: effects.LookAgain) -> None:
        def look() -> events.Event:
            try:
                frame = self._body.camera.capture()
            except (HardwareError, VisionError) as broken:
                _log.warning("no second picture: %s", broken)
                return events.LookedAgain(effect.ticket, None)
            return events.LookedAgain(effect.ticket, Picture(frame.sha256, frame.perceptual_hash))

        self._ask(effect, "capture", look)

    def _move(self, effect: effects.Move) -> None:
        chute = self._body.chute
        ways = {
            effects.Way.IN: chute.take_in,
            effects.Way.OUT: chute.give_back,
            effects.Way.LOOSE: chute.loosen,
        }

        def move() -> None:
            if effect.bin is not None and self._body.diverter is not None:
                self._body.diverter.point(effect.bin)
            ways[effect.way]()

        self._ask(effect, "move", move, lambda _: events.Moved(effect.ticket))

    def _inspect(self, effect: effects.Inspect) -> None:
        def look() -> events.Event:
            return events.Inspected(effect.ticket, self._body.chute.counters(), self._body.chute.present())

        def halted(result: BaseException | None) -> None:
            if isinstance(result, BaseException):
                self._step(events.Failed(effect.ticket, str(result)))
            else:
                self._body.scheduler.after(COMES_TO_REST, lambda: self._ask(effect, "inspect", look))

        self._aside("inspect", self._body.chute.halt, halted)

    def _ask(
        self,
        effect: Any,
        cost: str,
        work: Callable[[], Any],
        answer: Callable[[Any], events.Event] = lambda result: result,
        failure: Callable[[str], events.Event] | None = None,
    ) -> None:
        """Do the work aside and step on with the answer made of its result, or with the failure made of its error."""

        def done(result: Any) -> None:
            self._body.fail_points.reached(f"after {name_of(effect)}")
            if isinstance(result, BaseException):
                _log.warning("%s: %s: %s", name_of(effect), type(result).__name__, result)
                self._step(failure(str(result)) if failure else events.Failed(effect.ticket, str(result)))
            else:
                self._step(answer(result))

        self._aside(cost, work, done)

    def _aside(self, cost: str, work: Callable[[], T], done: Callable[[Any], None]) -> None:
        self._body.scheduler.aside(work, done, cost=cost)


def name_of(effect: effects.Effect) -> str:
    """Return the name of an effect as fail points know it: `journal item_decided`, `move in`, `show`..."""
    if isinstance(effect, effects.Journal):
        return f"journal {kind_of(effect.body).value}"
    if isinstance(effect, effects.Move):
        return f"move {effect.way.value}"
    return _NAMES[type(effect)]


_AT_ONCE = (effects.Show, effects.SetTimer, effects.Restart)
_NAMES: dict[type, str] = {
    effects.Show: "show",
    effects.SetTimer: "set timer",
    effects.Restart: "restart",
    effects.VerifyToken: "verify token",
    effects.Claim: "claim",
    effects.Capture: "capture",
    effects.Recognise: "recognise",
    effects.LookAgain: "look again",
    effects.Inspect: "inspect",
}
