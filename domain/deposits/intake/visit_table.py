"""The visit: how a person is let in, served and seen off.

The laws:
1. A visit is open once its `visit_opened` is durable, and over once its `visit_closed` is. Only the machine closes it.
2. It ends by the person's word, by idleness, by another person's code, or because the machine goes down; an item in
   work is always finished first.
3. The platform's word on a claim is for the screen: no answer in time means off line, and the visit opens without it.
4. An item is admitted when the hand that brought it is out: neither picture nor counters are right before.
5. An item that was pulled out again is told of in the journal: at once where nobody is served, else before the visit
   is closed, which it ends.
6. What lies in the intake when a visit opens is admitted once the phone had time to go: presence is a level.
7. A technician is let in out of service too, and where nothing can be written down any more: then without an entry.
   Faults do not end that visit, only leaving, idleness and the machine being stopped.
"""

from __future__ import annotations

from attrs import evolve

from domain.deposits import bodies
from domain.deposits.bodies import Ending, Opener, Outcome, Sign
from domain.deposits.intake.effects import Claim, Journal, VerifyToken
from domain.deposits.intake.events import (
    Broken,
    Claimed,
    DonePressed,
    Failed,
    GuestPressed,
    HandGone,
    ItemAdmitted,
    ItemFinished,
    ItemSeen,
    JournalFailed,
    Journalled,
    PulledBack,
    QrRead,
    Recover,
    TechnicianAdmitted,
    TechnicianBusy,
    Ticket,
    TimerFired,
    TokenJudged,
    VisitFinished,
    WentDown,
)
from domain.deposits.intake.state import MOST_SPENT, HealthState, ItemState, Part, Visit, VisitState
from domain.deposits.intake.table import UNASKED, Ignored, Table, Turn, rows, rule
from domain.deposits.intake.view import MOST_ITEMS_SHOWN, Note, Screen, ShownItem
from domain.deposits.scanning import SAID_BY_PLATFORM, CodeVerdict
from domain.deposits.token import MalformedToken, from_text

IDLE, VERIFYING, CLAIMING = VisitState.IDLE, VisitState.VERIFYING, VisitState.CLAIMING
OPENING, OPEN, ENDING, CLOSING = VisitState.OPENING, VisitState.OPEN, VisitState.ENDING, VisitState.CLOSING
REPORTING, MAINTENANCE = VisitState.REPORTING, VisitState.MAINTENANCE

_SPENDS_THE_CODE = frozenset({Ending.DONE, Ending.IDLE, Ending.ANOTHER_PERSON, Ending.TAMPERING})
"""After a fault or a power cut the same person may scan the same code again."""
_NOT_UP_YET = frozenset({HealthState.OFF, HealthState.STARTING, HealthState.RECOVERING})


# ------------------------------------------------------------------ letting in


def _read_code(turn: Turn, event: QrRead) -> None:
    visit = turn.state.visit
    if not turn.state.serving or (visit.notice is Screen.CODE_REFUSED and visit.code == event.text):
        return
    _judge(turn, event.text)


def _judge(turn: Turn, code: str) -> None:
    if code in turn.state.spent:
        _refuse(turn, code, CodeVerdict.ALREADY_USED)
        return
    ticket = turn.ask(lambda ticket: VerifyToken(ticket, code), turn.state.configuration.limits.verify)
    _become(turn, Visit(VERIFYING, ticket, by=Opener.SESSION, code=code))


def _refuse(turn: Turn, code: str | None, verdict: CodeVerdict) -> None:
    ticket = turn.wait(turn.state.configuration.limits.notice)
    _become(turn, Visit(IDLE, ticket, code=code, notice=Screen.CODE_REFUSED, verdict=verdict))


def _take_judgement(turn: Turn, event: TokenJudged) -> None:
    code = turn.state.visit.code or ""
    if event.verdict is not CodeVerdict.OK:
        _refuse(turn, code, event.verdict)
        return
    ticket = turn.ask(lambda ticket: Claim(ticket, code), turn.state.configuration.limits.claim)
    notes = frozenset() if event.now is not None else frozenset({Note.TIME_NOT_TRUSTED})
    turn.visit(state=CLAIMING, ticket=ticket, now=event.now, notes=notes)


def _not_judged(turn: Turn, event: Failed | TimerFired) -> None:
    _refuse(turn, turn.state.visit.code, CodeVerdict.NOT_CHECKED)


def _take_claim(turn: Turn, event: Claimed) -> None:
    if event.confirmed:
        turn.visit(claimed=True)
        _open(turn)
    else:
        verdict = SAID_BY_PLATFORM.get(event.why, CodeVerdict.UNKNOWN_SESSION)
        _refuse(turn, turn.state.visit.code, verdict)


def _off_line(turn: Turn, event: Failed | TimerFired) -> None:
    turn.visit(notes=turn.state.visit.notes | {Note.OFFLINE})
    _open(turn)


def _let_guest_in(turn: Turn, event: GuestPressed) -> None:
    if turn.state.serving:
        _become(turn, Visit(by=Opener.GUEST, now=event.now))
        _open(turn)


def _open(turn: Turn) -> None:
    """Write `visit_opened` with everything that the screen will speak of."""
    visit, prices = turn.state.visit, turn.state.prices
    session = visit.by is Opener.SESSION
    priced = session and visit.now is not None and prices is not None and prices.in_force(visit.now, visit.now)
    opened = bodies.VisitOpened(
        by=visit.by or Opener.GUEST,
        token=visit.code if session else None,
        claimed=visit.claimed,
        price_list=prices.version if prices and priced else None,
    )
    notes = visit.notes | {Note.NO_PRICES} if session and not priced else visit.notes
    ticket = _append(turn, opened)
    turn.visit(state=OPENING, ticket=ticket, points=0 if priced else None, notes=notes)


def _let_technician_in(turn: Turn, event: TechnicianAdmitted) -> None:
    if turn.state.health.state in _NOT_UP_YET:
        return
    _become(turn, Visit(by=Opener.TECHNICIAN))
    if turn.state.may_append:
        _open(turn)
    else:
        _maintain(turn)


def _maintain(turn: Turn, event: TechnicianBusy | None = None) -> None:
    turn.visit(state=MAINTENANCE, ticket=turn.wait(turn.state.configuration.limits.maintenance))


def _opened(turn: Turn, event: Journalled) -> None:
    turn.visit(state=OPEN, id=event.entry)
    if turn.state.visit.by is Opener.TECHNICIAN and turn.state.visit.why in {None, Ending.FAULT}:
        turn.visit(why=None)
        _maintain(turn)
        return
    if turn.state.visit.why is not None:
        _end(turn, turn.state.visit.why)
    elif turn.state.present:
        turn.visit(ticket=turn.wait(turn.state.configuration.limits.phone), phone=True)
    else:
        _go_on(turn)


def _remember_done(turn: Turn, event: DonePressed) -> None:
    turn.visit(why=Ending.DONE)


def _remember_down(turn: Turn, event: WentDown) -> None:
    turn.visit(why=_why_down(turn))


def _let_go(turn: Turn, event: WentDown) -> None:
    _become(turn, Visit())
    turn.tell(VisitFinished())


# ------------------------------------------------------------------ serving


def _admit(turn: Turn, event: ItemSeen) -> None:
    if turn.state.serving and turn.state.item.state is ItemState.NONE and not turn.state.hand:
        turn.visit(ticket=None)
        turn.tell(ItemAdmitted())


def _admit_from_the_hand(turn: Turn, event: HandGone) -> None:
    if turn.state.present and not turn.state.visit.phone:
        _admit(turn, ItemSeen())


def _go_on(turn: Turn) -> None:
    """Look at what lies there, or wait for the next item."""
    turn.visit(ticket=turn.wait(turn.state.configuration.limits.idle), phone=False)
    if turn.state.present:
        _admit(turn, ItemSeen())


def _count_and_go_on(turn: Turn, event: ItemFinished) -> None:
    _count(turn, event.item)
    if event.left_behind:
        _end(turn, Ending.IDLE)
    else:
        _go_on(turn)


def _count_and_close(turn: Turn, event: ItemFinished) -> None:
    _count(turn, event.item)
    _close(turn)


def _count(turn: Turn, item: ShownItem | None) -> None:
    if item is None or item.outcome is None:
        return
    visit = turn.state.visit
    items = (item, *visit.items)[:MOST_ITEMS_SHOWN]
    if item.accepted and item.outcome is not Outcome.RETURNED:
        points = visit.points if item.points is None else (visit.points or 0) + item.points
        turn.visit(items=items, paid=visit.paid + 1, points=points)
    else:
        turn.visit(items=items, returned=visit.returned + int(item.outcome is Outcome.RETURNED))


# ------------------------------------------------------------------ seeing off


def _done(turn: Turn, event: DonePressed) -> None:
    _end(turn, Ending.DONE)


def _waited(turn: Turn, event: TimerFired) -> None:
    """The phone had time to go: look at what lies there. Otherwise the person has gone."""
    if turn.state.visit.phone:
        _go_on(turn)
    else:
        _end(turn, Ending.IDLE)


def _stopped_at_work(turn: Turn, event: WentDown) -> None:
    if Part.STOPPED.value in turn.state.health.faults:
        _end(turn, Ending.STOPPED)


def _went_down(turn: Turn, event: WentDown) -> None:
    _end(turn, _why_down(turn))


def _why_down(turn: Turn) -> Ending:
    return Ending.STOPPED if turn.state.health.faults == {Part.STOPPED.value} else Ending.FAULT


def _another_code(turn: Turn, event: QrRead) -> None:
    """End the visit for another person's code; the same one, a used one and other QR codes change nothing."""
    if event.text == turn.state.visit.code or event.text in turn.state.spent:
        return
    try:
        from_text(event.text)
    except MalformedToken:
        return
    turn.visit(next_code=event.text)
    _end(turn, Ending.ANOTHER_PERSON)


def _take_up(turn: Turn, event: Recover) -> None:
    """Take up the visit that the journal left open, in order to end it."""
    left = event.left
    visit = Visit(ENDING, by=left.by, id=left.visit, why=Ending.POWER, items=left.items[:MOST_ITEMS_SHOWN])
    _become(turn, evolve(visit, paid=left.paid, returned=left.returned, points=left.points))
    if left.item is None:
        _close(turn)


def _end(turn: Turn, why: Ending) -> None:
    """End the visit now, or when the item in work is finished. An item that waits to be taken is."""
    item = turn.state.item
    turn.visit(state=ENDING, ticket=None, why=why)
    if item.state is ItemState.OFFERED:
        _count(turn, item.shown)
    if item.state in {ItemState.NONE, ItemState.OFFERED}:
        _close(turn)


def _close(turn: Turn) -> None:
    visit = turn.state.visit
    if not turn.state.may_append:
        # The recovery of the next boot will close it.
        _let_go(turn, WentDown())
        return
    if turn.state.suspects:
        _report(turn)
        return
    ticket = _append(turn, bodies.VisitClosed(visit=visit.id or "", why=visit.why or Ending.FAULT))
    turn.visit(state=CLOSING, ticket=ticket)


def _closed(turn: Turn, event: Journalled) -> None:
    visit = turn.state.visit
    if visit.code and visit.why in _SPENDS_THE_CODE:
        turn.state = evolve(turn.state, spent=(*turn.state.spent, visit.code)[-MOST_SPENT:])
    turn.tell(VisitFinished())
    if turn.state.suspects and turn.state.may_append:
        _become(turn, Visit())
        _report(turn)
        return
    if visit.next_code and turn.state.serving:
        _judge(turn, visit.next_code)
        return
    if visit.by is Opener.TECHNICIAN:
        _become(turn, Visit())
        return
    ticket = turn.wait(turn.state.configuration.limits.notice)
    notice = Screen.PULLED_BACK if visit.why is Ending.TAMPERING else Screen.THANKS
    turn.visit(state=IDLE, ticket=ticket, notice=notice, code=None, next_code=None)


# ------------------------------------------------------------------ what was pulled out again


def _pulled_back(turn: Turn, event: PulledBack) -> None:
    """End the visit whose item it was; the person who stands there now may be another one."""
    suspect = turn.state.suspects[-1] if turn.state.suspects else None
    if suspect is not None and suspect.visit == turn.state.visit.id:
        _end(turn, Ending.TAMPERING)


def _pulled_back_later(turn: Turn, event: PulledBack) -> None:
    if turn.state.serving:
        _become(turn, Visit())
        _report(turn)


def _report(turn: Turn) -> None:
    suspect = turn.state.suspects[0]
    raised = bodies.SuspicionRaised(item=suspect.item if suspect else None, sign=Sign.PULLED_BACK)
    turn.visit(state=REPORTING, ticket=_append(turn, raised))


def _reported(turn: Turn, event: Journalled) -> None:
    turn.state = evolve(turn.state, suspects=turn.state.suspects[1:])
    if turn.state.visit.id is not None:
        _close(turn)
    elif turn.state.suspects:
        _report(turn)
    else:
        ticket = turn.wait(turn.state.configuration.limits.notice)
        _become(turn, Visit(IDLE, ticket, notice=Screen.PULLED_BACK))
        turn.tell(VisitFinished())


def _forget(turn: Turn, event: TimerFired) -> None:
    _become(turn, Visit())


def _lose_journal(turn: Turn, event: JournalFailed | TimerFired) -> None:
    _become(turn, Visit())
    turn.tell(Broken(Part.JOURNAL.value))
    turn.tell(VisitFinished())


def _append(turn: Turn, body: bodies.Body) -> Ticket:
    return turn.ask(lambda ticket: Journal(ticket, body), turn.state.configuration.limits.journal)


def _become(turn: Turn, visit: Visit) -> None:
    turn.state = evolve(turn.state, visit=visit)


# ------------------------------------------------------------------ the table

_BELOW = (ItemSeen, HandGone)
_LEVEL = Ignored("presence is a level: it counts when a visit is open")
_BUSY = Ignored("one person at a time; a code is read again as long as it is held up")
_NOT_OPEN = Ignored("no visit is open")
_ENDS = Ignored("the visit ends already")
_NO_ITEM = Ignored("no item is in work")
_NOTED = Ignored("noted; it is told of when the visit ends")
_NO_TECHNICIAN = Ignored("no technician was let in")
_RECOVERS_ONCE = Ignored("only an idle visit is told to recover, right after boot")

VISIT: Table[VisitState] = Table(
    name="visit",
    start=IDLE,
    alphabet=(
        QrRead, GuestPressed, DonePressed, TechnicianAdmitted, TechnicianBusy, ItemSeen, HandGone, PulledBack,
        TokenJudged, Claimed, Journalled, JournalFailed, Failed, TimerFired,
        Recover, ItemFinished, WentDown,
    ),
    cells={
        **rows(IDLE, {
            QrRead: rule(_read_code, (VERIFYING, IDLE), "judge the code, if in service; refuse a used one"),
            GuestPressed: rule(_let_guest_in, (OPENING, IDLE), "let a guest in, if in service"),
            TechnicianAdmitted: rule(
                _let_technician_in, (OPENING, MAINTENANCE, IDLE), "let them in, once the machine is up"
            ),
            TechnicianBusy: _NO_TECHNICIAN,
            Recover: rule(_take_up, (ENDING, CLOSING, REPORTING), "take up the visit that was cut off"),
            PulledBack: rule(_pulled_back_later, (REPORTING, IDLE), "write it down, if in service"),
            TimerFired: rule(_forget, IDLE, "the notice is over"),
            DonePressed: _NOT_OPEN, _BELOW: _LEVEL, WentDown: _NOT_OPEN, ItemFinished: _NO_ITEM,
            (TokenJudged, Claimed, Journalled, JournalFailed, Failed): UNASKED,
        }),
        **rows(VERIFYING, {
            TokenJudged: rule(_take_judgement, (CLAIMING, IDLE), "claim a good code, refuse a bad one"),
            (Failed, TimerFired): rule(_not_judged, IDLE, "refuse: not checked"),
            WentDown: rule(_let_go, IDLE, "let go"),
            (QrRead, GuestPressed, TechnicianAdmitted): _BUSY, TechnicianBusy: _NO_TECHNICIAN,
            DonePressed: _NOT_OPEN, _BELOW: _LEVEL, PulledBack: _NOTED,
            Recover: _RECOVERS_ONCE, ItemFinished: _NO_ITEM,
            (Claimed, Journalled, JournalFailed): UNASKED,
        }),
        **rows(CLAIMING, {
            Claimed: rule(_take_claim, (OPENING, IDLE), "open when confirmed, refuse when not"),
            (Failed, TimerFired): rule(_off_line, OPENING, "open off line"),
            WentDown: rule(_let_go, IDLE, "let go"),
            (QrRead, GuestPressed, TechnicianAdmitted): _BUSY, TechnicianBusy: _NO_TECHNICIAN,
            DonePressed: _NOT_OPEN, _BELOW: _LEVEL, PulledBack: _NOTED,
            Recover: _RECOVERS_ONCE, ItemFinished: _NO_ITEM,
            (TokenJudged, Journalled, JournalFailed): UNASKED,
        }),
        **rows(OPENING, {
            Journalled: rule(
                _opened, (OPEN, MAINTENANCE, CLOSING, REPORTING),
                "open; let the phone go before looking at what lies there; leave a technician to their work",
            ),
            (JournalFailed, TimerFired): rule(_lose_journal, IDLE, "the journal is lost"),
            DonePressed: rule(_remember_done, OPENING, "end as soon as it is open"),
            WentDown: rule(_remember_down, OPENING, "end as soon as it is open"),
            (QrRead, GuestPressed, TechnicianAdmitted): _BUSY, TechnicianBusy: _NO_TECHNICIAN,
            _BELOW: _LEVEL, PulledBack: _NOTED,
            Recover: _RECOVERS_ONCE, ItemFinished: _NO_ITEM,
            (TokenJudged, Claimed, Failed): UNASKED,
        }),
        **rows(OPEN, {
            ItemSeen: rule(_admit, OPEN, "admit it, if none is in work and no hand is at it"),
            HandGone: rule(_admit_from_the_hand, OPEN, "admit what the hand has put there"),
            ItemFinished: rule(
                _count_and_go_on, (OPEN, CLOSING, REPORTING), "count it; next; end if nobody took it back"
            ),
            DonePressed: rule(_done, (ENDING, CLOSING, REPORTING), "end: done"),
            TimerFired: rule(_waited, (OPEN, CLOSING, REPORTING), "admit what lies there; end: idle"),
            QrRead: rule(_another_code, (OPEN, ENDING, CLOSING, REPORTING), "another person's code ends the visit"),
            WentDown: rule(_went_down, (ENDING, CLOSING, IDLE, REPORTING), "end: fault"),
            PulledBack: rule(_pulled_back, (OPEN, ENDING, REPORTING), "end: tampering, if it is this visit's item"),
            (GuestPressed, TechnicianAdmitted): _BUSY, TechnicianBusy: _NO_TECHNICIAN, Recover: _RECOVERS_ONCE,
            (TokenJudged, Claimed, Journalled, JournalFailed, Failed): UNASKED,
        }),
        **rows(ENDING, {
            ItemFinished: rule(_count_and_close, (CLOSING, IDLE, REPORTING), "count it and close"),
            (QrRead, GuestPressed, TechnicianAdmitted): _BUSY, TechnicianBusy: _NO_TECHNICIAN,
            (DonePressed, WentDown): _ENDS, _BELOW: _ENDS, Recover: _RECOVERS_ONCE,
            PulledBack: _NOTED,
            (TokenJudged, Claimed, Journalled, JournalFailed, Failed, TimerFired): UNASKED,
        }),
        **rows(REPORTING, {
            Journalled: rule(_reported, (REPORTING, CLOSING, IDLE), "the next one; close the visit, if there is one"),
            (JournalFailed, TimerFired): rule(_lose_journal, IDLE, "the journal is lost"),
            (QrRead, GuestPressed, TechnicianAdmitted): _BUSY, TechnicianBusy: _NO_TECHNICIAN,
            (DonePressed, WentDown): _ENDS, _BELOW: _ENDS, Recover: _RECOVERS_ONCE,
            PulledBack: Ignored("noted; it is told of next"),
            ItemFinished: Ignored("it was counted when the visit ended; now it was taken"),
            (TokenJudged, Claimed, Failed): UNASKED,
        }),
        **rows(CLOSING, {
            Journalled: rule(
                _closed, (IDLE, VERIFYING, REPORTING), "thank; serve the next code; tell of what was pulled back"
            ),
            (JournalFailed, TimerFired): rule(_lose_journal, IDLE, "the journal is lost"),
            (QrRead, GuestPressed, TechnicianAdmitted): _BUSY, TechnicianBusy: _NO_TECHNICIAN,
            (DonePressed, WentDown): _ENDS, _BELOW: _ENDS, Recover: _RECOVERS_ONCE,
            ItemFinished: Ignored("it was counted when the visit ended; now it was taken"),
            PulledBack: Ignored("noted; it is told of once the visit is closed"),
            (TokenJudged, Claimed, Failed): UNASKED,
        }),
        **rows(MAINTENANCE, {
            TechnicianBusy: rule(_maintain, MAINTENANCE, "wait anew"),
            DonePressed: rule(_done, (CLOSING, REPORTING, IDLE), "end: done"),
            TimerFired: rule(_waited, (CLOSING, REPORTING, IDLE), "end: idle"),
            WentDown: rule(_stopped_at_work, (MAINTENANCE, CLOSING, REPORTING), "end, if the machine is stopped"),
            TechnicianAdmitted: Ignored("one is at work already"),
            (QrRead, GuestPressed): _BUSY, _BELOW: Ignored("a technician tries things out"), PulledBack: _NOTED,
            Recover: _RECOVERS_ONCE, ItemFinished: _NO_ITEM,
            (TokenJudged, Claimed, Journalled, JournalFailed, Failed): UNASKED,
        }),
    },
)  # fmt: skip
"""The visit's table."""
