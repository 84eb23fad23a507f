"""Health: whether the machine serves, and how it comes back.

The laws:
1. A life begins with `booted` in the journal. Nobody is served before it is durable and what was left open is closed.
2. A machine that goes down first finishes what it has begun; each step of that has a timer, so it ends.
3. Out of service, the machine tries again by itself what it can try. A jammed motor and faults that hardware reports
   wait for somebody to mend them; a lost journal, an unsettled item and failing vision need a restart.
"""

from __future__ import annotations

from attrs import evolve

from domain.deposits import bodies
from domain.deposits.intake.effects import Capture, Inspect, Journal, Restart
from domain.deposits.intake.events import (
    Booted,
    Broken,
    Captured,
    Failed,
    FaultCleared,
    FaultSeen,
    HandGone,
    Inspected,
    JournalFailed,
    Journalled,
    Recover,
    TimerFired,
    VisitFinished,
    WentDown,
)
from domain.deposits.intake.state import HealthState, ItemState, Part, VisitState
from domain.deposits.intake.table import UNASKED, Ignored, Table, Turn, rows, rule

OFF, STARTING, RECOVERING = HealthState.OFF, HealthState.STARTING, HealthState.RECOVERING
IN_SERVICE, DRAINING, OUT = HealthState.IN_SERVICE, HealthState.DRAINING, HealthState.OUT


# ------------------------------------------------------------------ starting


def _boot(turn: Turn, event: Booted) -> None:
    turn.state = evolve(turn.state, boot=event.boot)
    turn.health(left=event.left, faults=turn.state.health.faults | event.faults)
    if Part.JOURNAL.value in event.faults:
        turn.health(journal_lost=True)
        _go_out(turn)
        return
    configuration = turn.state.configuration
    booted = bodies.Booted(software=configuration.software, model=configuration.model)
    ticket = turn.ask(lambda ticket: Journal(ticket, booted), configuration.limits.journal)
    turn.health(state=STARTING, ticket=ticket)


def _started(turn: Turn, event: Journalled) -> None:
    left = turn.state.health.left
    turn.health(left=None)
    if left is None:
        _serve_if_sound(turn)
    else:
        turn.health(state=RECOVERING)
        turn.tell(Recover(left))


def _not_started(turn: Turn, event: JournalFailed | TimerFired) -> None:
    turn.health(journal_lost=True, faults=turn.state.health.faults | {Part.JOURNAL.value})
    _go_out(turn)


# ------------------------------------------------------------------ going down and coming back


def _note_broken(turn: Turn, event: Broken) -> None:
    health = turn.state.health
    turn.health(
        faults=health.faults | {event.part},
        journal_lost=health.journal_lost or event.part == Part.JOURNAL.value,
        unsettled=health.unsettled or event.unsettled,
    )


def _break_down(turn: Turn, event: Broken) -> None:
    _note_broken(turn, event)
    _go_down(turn, FaultSeen(event.part))


def _go_down(turn: Turn, event: FaultSeen) -> None:
    """Stop serving: at once if nobody is being served, else after what was begun."""
    if turn.state.visit.state is VisitState.IDLE and turn.state.item.state is ItemState.NONE:
        _go_out(turn)
    else:
        turn.health(state=DRAINING)
        turn.tell(WentDown())


def _serve_if_sound(turn: Turn, event: object = None) -> None:
    health = turn.state.health
    if health.faults or health.unsettled or health.journal_lost:
        _go_out(turn)
    else:
        turn.health(state=IN_SERVICE, ticket=None)


def _go_out(turn: Turn) -> None:
    turn.health(state=OUT, ticket=turn.wait(turn.state.configuration.limits.probe))


# ------------------------------------------------------------------ out of service


def _probe(turn: Turn, event: TimerFired) -> None:
    """Try one thing that may have mended itself."""
    health, limits = turn.state.health, turn.state.configuration.limits
    if _only_restart_helps(turn):
        turn.do(Restart("the recovery of a restart is needed"))
        _go_out(turn)
    elif Part.CHUTE.value in health.faults:
        turn.health(ticket=turn.ask(Inspect, limits.inspect + limits.probe))
    elif Part.CAMERA.value in health.faults:
        turn.health(ticket=turn.ask(Capture, limits.capture + limits.probe))
    else:
        _go_out(turn)


def _only_restart_helps(turn: Turn) -> bool:
    """Whether waiting is no use. An unsettled item waits until the chute answers: recovery must be able to look."""
    health = turn.state.health
    unsettled = health.unsettled and Part.CHUTE.value not in health.faults
    return health.journal_lost or unsettled or Part.VISION.value in health.faults


def _chute_answers(turn: Turn, event: Inspected) -> None:
    _mended(turn, Part.CHUTE.value)


def _camera_answers(turn: Turn, event: Captured) -> None:
    if event.picture is None:
        _go_out(turn)
    else:
        _mended(turn, Part.CAMERA.value)


def _cleared(turn: Turn, event: FaultCleared) -> None:
    _mended(turn, event.part)


def _hand_gone(turn: Turn, event: HandGone) -> None:
    _mended(turn, Part.HAND.value)


def _mended(turn: Turn, part: str) -> None:
    turn.health(faults=turn.state.health.faults - {part})
    if _only_restart_helps(turn):
        turn.do(Restart("the recovery of a restart is needed"))
    _serve_if_sound(turn)


# ------------------------------------------------------------------ the table

_ONE_BOOT = Ignored("a life has one boot")
_NOT_YET = Ignored("nothing is open yet")
_NOTED = Ignored("the set of faults is a level: it is looked at when this state ends")
_STAYS = Ignored("the set of faults is a level; this one is added to it")

HEALTH: Table[HealthState] = Table(
    name="health",
    start=OFF,
    alphabet=(
        Booted, FaultSeen, FaultCleared, HandGone,
        Journalled, JournalFailed, Captured, Inspected, Failed, TimerFired,
        VisitFinished, Broken,
    ),
    cells={
        **rows(OFF, {
            Booted: rule(_boot, (STARTING, OUT), "write booted"),
            (FaultSeen, FaultCleared, HandGone): _NOTED, VisitFinished: _NOT_YET, Broken: _NOT_YET,
            (Journalled, JournalFailed, Captured, Inspected, Failed, TimerFired): UNASKED,
        }),
        **rows(STARTING, {
            Journalled: rule(_started, (IN_SERVICE, RECOVERING, OUT), "recover what was left open, or serve"),
            (JournalFailed, TimerFired): rule(_not_started, OUT, "the journal is lost"),
            Booted: _ONE_BOOT, (FaultSeen, FaultCleared, HandGone): _NOTED, VisitFinished: _NOT_YET, Broken: _NOT_YET,
            (Captured, Inspected, Failed): UNASKED,
        }),
        **rows(RECOVERING, {
            VisitFinished: rule(_serve_if_sound, (IN_SERVICE, OUT), "serve, if sound"),
            Broken: rule(_note_broken, RECOVERING, "remember it"),
            Booted: _ONE_BOOT, (FaultSeen, FaultCleared, HandGone): _NOTED,
            (Journalled, JournalFailed, Captured, Inspected, Failed, TimerFired): UNASKED,
        }),
        **rows(IN_SERVICE, {
            FaultSeen: rule(_go_down, (DRAINING, OUT), "finish what was begun"),
            Broken: rule(_break_down, (DRAINING, OUT), "finish what was begun"),
            Booted: _ONE_BOOT, (FaultCleared, HandGone): _NOTED,
            VisitFinished: Ignored("the next person may come"),
            (Journalled, JournalFailed, Captured, Inspected, Failed, TimerFired): UNASKED,
        }),
        **rows(DRAINING, {
            VisitFinished: rule(_serve_if_sound, (OUT, IN_SERVICE), "out, or back if all is mended"),
            Broken: rule(_note_broken, DRAINING, "remember it"),
            Booted: _ONE_BOOT, (FaultSeen, FaultCleared, HandGone): _NOTED,
            (Journalled, JournalFailed, Captured, Inspected, Failed, TimerFired): UNASKED,
        }),
        **rows(OUT, {
            TimerFired: rule(_probe, OUT, "try what may have mended itself; restart where only that helps"),
            Inspected: rule(_chute_answers, (IN_SERVICE, OUT), "the chute answers"),
            Captured: rule(_camera_answers, (IN_SERVICE, OUT), "the camera answers"),
            FaultCleared: rule(_cleared, (IN_SERVICE, OUT), "mended"),
            HandGone: rule(_hand_gone, (IN_SERVICE, OUT), "the hand is out"),
            Failed: Ignored("the guard's timer tries again"),
            Booted: _ONE_BOOT, FaultSeen: _STAYS,
            (VisitFinished, Broken): Ignored("nothing is in work here"),
            (Journalled, JournalFailed): UNASKED,
        }),
    },
)  # fmt: skip
"""Health's table."""
