"""The item: looked at, decided on, taken in or given back, and settled. Never two at once.

The laws:
1. Nothing moves before `item_decided` is durable, save that giving back needs no entry before settlement. Nothing is
   taken in that a second look does not find unchanged, and nothing moves while a hand is in the chute: what moves
   then is halted.
2. An item is settled at the moment it is taken in or goes out, not later.
3. Where a move failed, the motor is halted and the counters say what became of the item: in rose: stored; else out
   rose, or it was on its way out and is there no more: returned; else it is present: moved out, then returned; else
   unknown. This is also all there is to the recovery after a power cut. An item that is stuck right where it
   was recognised is first moved loose, and tried again, as often as the limits say; one that lies elsewhere by now may
   be another one.
4. A look that cannot be had is no reason to guess: the entry stays open, and the recovery of a restart settles it.
"""

from __future__ import annotations

from attrs import evolve

from domain.deposits import bodies
from domain.deposits.acceptance import Decision, Reason, decide
from domain.deposits.bins import bin_for
from domain.deposits.bodies import ItemDecided, Opener, Outcome, Promise
from domain.deposits.intake.effects import Capture, Inspect, Journal, LookAgain, Move, Recognise, Way
from domain.deposits.intake.events import (
    Broken,
    Captured,
    Failed,
    HandGone,
    HandSeen,
    Inspected,
    ItemAdmitted,
    ItemFinished,
    ItemTaken,
    JournalFailed,
    Journalled,
    LookedAgain,
    Moved,
    Recognised,
    Recover,
    TimerFired,
    VisitFinished,
)
from domain.deposits.intake.state import Item, ItemState, Part, Stored, VisitState
from domain.deposits.intake.table import UNASKED, Ignored, Table, Turn, rows, rule
from domain.deposits.intake.view import ShownItem
from domain.deposits.recognition import Recognition, nothing
from domain.deposits.second_look import alike, same

NONE, CAPTURING, RECOGNISING, DECIDING = ItemState.NONE, ItemState.CAPTURING, ItemState.RECOGNISING, ItemState.DECIDING
CHECKING, BLOCKED, CLEARING = ItemState.CHECKING, ItemState.BLOCKED, ItemState.CLEARING
STORING, RETURNING, OFFERED = ItemState.STORING, ItemState.RETURNING, ItemState.OFFERED
INSPECTING, SETTLING = ItemState.INSPECTING, ItemState.SETTLING


# ------------------------------------------------------------------ looking and deciding


def _admitted(turn: Turn, event: ItemAdmitted) -> None:
    _become(turn, Item())
    _capture(turn)


def _capture(turn: Turn) -> None:
    ticket = turn.ask(Capture, turn.state.configuration.limits.capture)
    turn.item(state=CAPTURING, ticket=ticket, tries=turn.state.item.tries + 1)


def _take_picture(turn: Turn, event: Captured) -> None:
    turn.item(counters=event.counters, picture=event.picture)
    picture = event.picture
    if picture is not None:
        ticket = turn.ask(lambda ticket: Recognise(ticket, picture), turn.state.configuration.limits.recognise)
        turn.item(state=RECOGNISING, ticket=ticket)
    elif turn.state.item.tries < turn.state.configuration.limits.captures:
        _capture(turn)
    else:
        turn.tell(Broken(Part.CAMERA.value))
        _decide(turn, nothing(turn.state.configuration.model), _NOT_RECOGNISED, None)


def _no_picture_in_time(turn: Turn, event: TimerFired) -> None:
    if turn.state.item.tries < turn.state.configuration.limits.captures:
        _capture(turn)
    else:
        turn.tell(Broken(Part.CAMERA.value))
        _give_back(turn)


def _no_counters(turn: Turn, event: Failed) -> None:
    """Give it back without a word in the journal: an entry would have to say how the counters stood."""
    turn.tell(Broken(Part.CHUTE.value))
    _give_back(turn)


def _recognised(turn: Turn, event: Recognised) -> None:
    decision = _find_room(turn, event.seen, decide(event.seen, turn.state.configuration.policy))
    turn.item(misses=0)
    _decide(turn, event.seen, decision, _promise(turn, event) if decision.accepted else None)


def _find_room(turn: Turn, seen: Recognition, decision: Decision) -> Decision:
    """Refuse what was pulled out here before, and what no bin has room for; else keep in mind where it is to fall."""
    picture, bins = turn.state.item.picture, turn.state.configuration.bins
    if not decision.accepted or picture is None or seen.label is None:
        return decision
    if any(alike(picture.perceptual_hash, pulled) for pulled in turn.state.pulled):
        return Decision(accepted=False, reason=Reason.PULLED_BACK)
    if not bins:
        return decision
    chosen = bin_for(seen.label, bins, turn.state.full)
    turn.item(bin=chosen.name if chosen else None)
    return decision if chosen else Decision(accepted=False, reason=Reason.BIN_FULL)


def _promise(turn: Turn, event: Recognised) -> Promise | None:
    prices, label = turn.state.prices, event.seen.label
    if turn.state.visit.by is not Opener.SESSION or event.now is None or prices is None or label is None:
        return None
    return Promise(prices.version, prices.worth(label)) if prices.in_force(event.now, event.now) else None


def _vision_failed(turn: Turn, event: Failed | TimerFired) -> None:
    misses = turn.state.item.misses + 1
    turn.item(misses=misses)
    if misses >= turn.state.configuration.limits.misses:
        turn.tell(Broken(Part.VISION.value))
    _decide(turn, nothing(turn.state.configuration.model), _NOT_RECOGNISED, None)


_NOT_RECOGNISED = Decision(accepted=False, reason=Reason.NOT_RECOGNISED)


def _decide(turn: Turn, seen: Recognition, decision: Decision, promise: Promise | None) -> None:
    """Write `item_decided`. Nothing is shown of it, and nothing moves, before the answer."""
    item = turn.state.item
    if item.counters is None:  # the table captures first, and Captured always brings them
        raise AssertionError("an item is decided on after its counters were read")
    decided = ItemDecided(
        visit=turn.state.visit.id or "",
        decision=decision,
        recognition=seen,
        picture=item.picture,
        promise=promise,
        counters=item.counters,
    )
    ticket = turn.ask(lambda ticket: Journal(ticket, decided), turn.state.configuration.limits.journal)
    turn.item(state=DECIDING, ticket=ticket, decided=decided)


def _gone(turn: Turn, event: ItemTaken | HandSeen) -> None:
    _finish(turn, None)


def _mark_taken(turn: Turn, event: ItemTaken) -> None:
    turn.item(taken=True)


def _decided(turn: Turn, event: Journalled) -> None:
    """Move it; a hand that was quicker has returned it."""
    item = turn.state.item
    if item.decided is None:
        raise AssertionError("what was journalled had been decided")
    turn.item(shown=shown(event.entry, item.decided))
    if item.taken:
        _settle(turn, Outcome.RETURNED)
    elif item.decided.decision.accepted:
        turn.item(tries=0)
        _check(turn)
    else:
        _give_back(turn)


def _decision_lost(turn: Turn, event: JournalFailed | TimerFired) -> None:
    turn.tell(Broken(Part.JOURNAL.value))
    if turn.state.item.taken:
        _finish(turn, None)
    else:
        _give_back(turn)


# ------------------------------------------------------------------ before the motor turns


def _check(turn: Turn) -> None:
    """Take the second look, unless a hand is in the way."""
    if turn.state.hand:
        _wait_for_the_hand(turn)
        return
    ticket = turn.ask(LookAgain, turn.state.configuration.limits.capture)
    turn.item(state=CHECKING, ticket=ticket, tries=turn.state.item.tries + 1)


def _checked(turn: Turn, event: LookedAgain) -> None:
    before = turn.state.item.picture
    if event.picture is None or before is None:
        _not_checked(turn, event)
    elif not same(before, event.picture):
        turn.item(changed=not turn.state.item.failed_moves)
        _give_back(turn)
    elif turn.state.item.failed_moves:
        _loosen(turn)
    else:
        _take_in(turn)


def _not_checked(turn: Turn, event: LookedAgain | Failed | TimerFired) -> None:
    if turn.state.item.tries < turn.state.configuration.limits.captures:
        _check(turn)
    else:
        turn.tell(Broken(Part.CAMERA.value))
        _give_back(turn)


def _taken_before_it_moved(turn: Turn, event: ItemTaken) -> None:
    if turn.state.item.failed_moves:
        _taken_by_the_hand(turn, event)
        return
    _mark_taken(turn, event)
    _settle(turn, Outcome.RETURNED)


def _wait_for_the_hand(turn: Turn, event: HandSeen | None = None) -> None:
    turn.item(state=BLOCKED, ticket=turn.wait(turn.state.configuration.limits.hand))


def _hand_left(turn: Turn, event: HandGone) -> None:
    """Go on with what was to be done. What a motion was halted for is given back, wherever the hand has put it."""
    item = turn.state.item
    untouched = item.decided is not None and item.decided.decision.accepted and not item.going_out
    if untouched and not item.failed_moves:
        turn.item(tries=0)
        _check(turn)
    else:
        _give_back(turn)


def _hand_stays(turn: Turn, event: TimerFired) -> None:
    """Leave it to the hand: it never passed into the bin, and nothing may move."""
    turn.tell(Broken(Part.HAND.value))
    _returned(turn, event)


def _taken_by_the_hand(turn: Turn, event: ItemTaken) -> None:
    turn.item(taken=True, tries=0)
    _look(turn)


# ------------------------------------------------------------------ moving and looking where it went


def _take_in(turn: Turn) -> None:
    into = turn.state.item.bin
    ticket = turn.ask(lambda ticket: Move(ticket, Way.IN, into), turn.state.configuration.limits.move)
    turn.item(state=STORING, ticket=ticket)


def _take_in_again(turn: Turn, event: Moved) -> None:
    _take_in(turn)


def _loosen(turn: Turn) -> None:
    ticket = turn.ask(lambda ticket: Move(ticket, Way.LOOSE), turn.state.configuration.limits.move)
    turn.item(state=CLEARING, ticket=ticket, clears=turn.state.item.clears + 1)


def _halt_for_the_hand(turn: Turn, event: HandSeen) -> None:
    """Inspecting halts the motor first of all."""
    turn.item(tries=0)
    _look(turn)


def _give_back(turn: Turn) -> None:
    if turn.state.hand:
        turn.item(going_out=True)
        _wait_for_the_hand(turn)
        return
    ticket = turn.ask(lambda ticket: Move(ticket, Way.OUT), turn.state.configuration.limits.move)
    turn.item(state=RETURNING, ticket=ticket, going_out=True)


def _stored(turn: Turn, event: Moved) -> None:
    _settle(turn, Outcome.STORED)


def _returned(turn: Turn, event: Moved | TimerFired | None) -> None:
    if _recorded(turn):
        _settle(turn, Outcome.RETURNED)
    else:
        # Whatever kept it out of the journal ends the visit too.
        _finish(turn, None)


def _move_failed(turn: Turn, event: Failed | TimerFired) -> None:
    turn.item(failed_moves=turn.state.item.failed_moves + 1, tries=0)
    _look(turn)


def _look(turn: Turn) -> None:
    ticket = turn.ask(Inspect, turn.state.configuration.limits.inspect)
    turn.item(state=INSPECTING, ticket=ticket, tries=turn.state.item.tries + 1)


def _take_up(turn: Turn, event: Recover) -> None:
    """Look for the item that was decided on and never settled."""
    left = event.left.item
    if left is not None:
        _become(turn, Item(shown=left.shown, counters=left.counters))
        _look(turn)


def _inspected(turn: Turn, event: Inspected) -> None:
    item, before = turn.state.item, turn.state.item.counters
    if before is not None and event.counters.passed_in > before.passed_in and item.shown is not None:
        _settle(turn, Outcome.STORED)
    elif _went_out(item, event):
        _returned(turn, Moved(event.ticket))
    elif event.present:
        _still_there(turn)
    else:
        _lost_inside(turn, present=False)


def _still_there(turn: Turn) -> None:
    item, limits = turn.state.item, turn.state.configuration.limits
    to_be_kept = item.decided is not None and item.decided.decision.accepted and not item.going_out
    if turn.state.hand:
        turn.item(going_out=True)
        _wait_for_the_hand(turn)
    elif to_be_kept and item.failed_moves and item.clears < limits.clears:
        turn.item(tries=0)
        _check(turn)
    elif item.failed_moves < limits.moves + item.clears:
        _give_back(turn)
    else:
        _lost_inside(turn, present=True)


def _went_out(item: Item, event: Inspected) -> bool:
    if item.counters is not None and event.counters.passed_out > item.counters.passed_out:
        return True
    return item.taken or (item.going_out and not event.present)


def _lost_inside(turn: Turn, *, present: bool) -> None:
    """Nobody can say where it is, or nothing moves it: unknown, in the person's favour.

    What was refused and is still there lies where it was put, or at the opening already: it is the person's to take.
    """
    shown = turn.state.item.shown
    if present and not (shown and shown.accepted):
        _returned(turn, None)
        return
    if present or turn.state.item.failed_moves:
        turn.tell(Broken(Part.MOTOR.value))
    if _recorded(turn):
        _settle(turn, Outcome.UNKNOWN)
    else:
        _finish(turn, None)


def _look_again(turn: Turn, event: TimerFired) -> None:
    if turn.state.item.tries < turn.state.configuration.limits.looks:
        _look(turn)
    else:
        turn.tell(Broken(Part.CHUTE.value, unsettled=_recorded(turn)))
        _finish(turn, None)


# ------------------------------------------------------------------ settling


def _recorded(turn: Turn) -> bool:
    """Whether the item has an entry that waits for its settlement, and one may be written."""
    return turn.state.item.shown is not None and turn.state.may_append


def _settle(turn: Turn, outcome: Outcome) -> None:
    item = turn.state.item
    settled = bodies.ItemSettled(item=item.shown.id if item.shown else "", outcome=outcome)
    ticket = turn.ask(lambda ticket: Journal(ticket, settled), turn.state.configuration.limits.journal)
    turn.item(state=SETTLING, ticket=ticket, outcome=outcome)
    if outcome is Outcome.STORED and item.shown is not None:
        looks = item.picture.perceptual_hash if item.picture else None
        turn.state = evolve(turn.state, last_in=Stored(turn.state.visit.id, item.shown.id, looks))


def _settled(turn: Turn, event: Journalled) -> None:
    item = turn.state.item
    turn.item(shown=evolve(item.shown, outcome=item.outcome) if item.shown else None)
    if item.outcome is Outcome.RETURNED:
        _offer(turn)
    else:
        _finish(turn, turn.state.item.shown)


def _settlement_lost(turn: Turn, event: JournalFailed | TimerFired) -> None:
    turn.tell(Broken(Part.JOURNAL.value))
    _finish(turn, None)


def _offer(turn: Turn) -> None:
    """Wait for the person to take it, if there is a person and it was not taken yet."""
    item = turn.state.item
    if turn.state.present and not item.taken and turn.state.visit.state is VisitState.OPEN:
        turn.item(state=OFFERED, ticket=turn.wait(turn.state.configuration.limits.offer))
    else:
        _finish(turn, item.shown)


def _taken_back(turn: Turn, event: ItemTaken) -> None:
    _finish(turn, turn.state.item.shown)


def _perhaps_swapped(turn: Turn, event: HandGone) -> None:
    """A hand was at it, and something lies there still: whatever that is, it is looked at for itself."""
    _finish(turn, turn.state.item.shown)


def _left_behind(turn: Turn, event: TimerFired) -> None:
    _finish(turn, turn.state.item.shown, left_behind=True)


def _forget(turn: Turn, event: VisitFinished) -> None:
    _become(turn, Item())


def _finish(turn: Turn, item: ShownItem | None, *, left_behind: bool = False) -> None:
    _become(turn, Item())
    turn.tell(ItemFinished(item, left_behind=left_behind))


def _become(turn: Turn, item: Item) -> None:
    turn.state = evolve(turn.state, item=evolve(item, misses=turn.state.item.misses))


def shown(entry: str, decided: ItemDecided) -> ShownItem:
    """Return what a screen shows of an item whose `item_decided` is the entry with this id."""
    return ShownItem(
        id=entry,
        accepted=decided.decision.accepted,
        reason=decided.decision.reason,
        label=decided.recognition.label,
        confidence=decided.recognition.confidence,
        box=decided.recognition.box,
        picture=decided.picture.sha256 if decided.picture else None,
        points=decided.promise.points if decided.promise else None,
    )


# ------------------------------------------------------------------ the table

_ONE_AT_A_TIME = Ignored("an item is in work; the next one waits")
_RECOVERS_ONCE = Ignored("only right after boot is there something to recover")
_WAITED_FOR = Ignored("a visit waits for the item in work")
_PASSES = Ignored("it leaves the sensor on its way")
_NOT_OURS = Ignored("no item is in work")
_NOT_BY_HAND = Ignored("the counters decide where it went")
_NOTHING_MOVES = Ignored("a level: it is looked at before anything moves")
_HANDS = (HandSeen, HandGone)

ITEM: Table[ItemState] = Table(
    name="item",
    start=NONE,
    alphabet=(
        ItemTaken, HandSeen, HandGone,
        Captured, Recognised, LookedAgain, Moved, Inspected, Journalled, JournalFailed, Failed, TimerFired,
        Recover, ItemAdmitted, VisitFinished,
    ),
    cells={
        **rows(NONE, {
            ItemAdmitted: rule(_admitted, CAPTURING, "take a picture"),
            Recover: rule(_take_up, (INSPECTING, NONE), "look for the item that was cut off"),
            ItemTaken: _NOT_OURS, VisitFinished: _NOT_OURS, _HANDS: _NOTHING_MOVES,
            (Captured, Recognised, LookedAgain, Moved, Inspected): UNASKED,
            (Journalled, JournalFailed, Failed, TimerFired): UNASKED,
        }),
        **rows(CAPTURING, {
            Captured: rule(_take_picture, (RECOGNISING, CAPTURING, DECIDING), "recognise it; try again; refuse"),
            Failed: rule(_no_counters, RETURNING, "give it back"),
            TimerFired: rule(_no_picture_in_time, (CAPTURING, RETURNING), "try again; give it back"),
            ItemTaken: rule(_gone, NONE, "taken back by hand"),
            HandSeen: rule(_gone, NONE, "look at it when the hand is out"), HandGone: _NOTHING_MOVES,
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR,
            (Recognised, LookedAgain, Moved, Inspected, Journalled, JournalFailed): UNASKED,
        }),
        **rows(RECOGNISING, {
            Recognised: rule(_recognised, DECIDING, "decide, write it down"),
            (Failed, TimerFired): rule(_vision_failed, DECIDING, "refuse: not recognised"),
            ItemTaken: rule(_gone, NONE, "taken back by hand"),
            HandSeen: rule(_gone, NONE, "look at it when the hand is out"), HandGone: _NOTHING_MOVES,
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR,
            (Captured, LookedAgain, Moved, Inspected, Journalled, JournalFailed): UNASKED,
        }),
        **rows(DECIDING, {
            Journalled: rule(
                _decided, (CHECKING, RETURNING, SETTLING, BLOCKED),
                "look again, or give it back, once no hand is there; a quicker hand returned it",
            ),
            (JournalFailed, TimerFired): rule(
                _decision_lost, (RETURNING, NONE, BLOCKED), "give it back; the journal is lost"
            ),
            ItemTaken: rule(_mark_taken, DECIDING, "remember that a hand took it"),
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR, _HANDS: _NOTHING_MOVES,
            (Captured, Recognised, LookedAgain, Moved, Inspected, Failed): UNASKED,
        }),
        **rows(CHECKING, {
            LookedAgain: rule(
                _checked, (STORING, CLEARING, RETURNING, CHECKING),
                "take it in, or loose what is stuck; give back what has changed",
            ),
            (Failed, TimerFired): rule(_not_checked, (CHECKING, RETURNING), "look again; give it back"),
            ItemTaken: rule(
                _taken_before_it_moved, (SETTLING, INSPECTING), "settle: returned; ask the counters, if it had moved"
            ),
            HandSeen: rule(_wait_for_the_hand, BLOCKED, "nothing moves"), HandGone: _NOTHING_MOVES,
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR,
            (Captured, Recognised, Moved, Inspected, Journalled, JournalFailed): UNASKED,
        }),
        **rows(BLOCKED, {
            HandGone: rule(_hand_left, (CHECKING, RETURNING), "look again, or give it back"),
            TimerFired: rule(_hand_stays, (SETTLING, NONE), "settle: returned; the hand stays"),
            ItemTaken: rule(_taken_by_the_hand, INSPECTING, "the counters say whether the hand took it"),
            HandSeen: Ignored("nothing moves already"),
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR,
            (Captured, Recognised, LookedAgain, Moved, Inspected, Journalled, JournalFailed, Failed): UNASKED,
        }),
        **rows(STORING, {
            Moved: rule(_stored, SETTLING, "settle: stored"),
            (Failed, TimerFired): rule(_move_failed, INSPECTING, "halt and look"),
            HandSeen: rule(_halt_for_the_hand, INSPECTING, "halt and look"), HandGone: _NOTHING_MOVES,
            ItemTaken: _PASSES,
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR,
            (Captured, Recognised, LookedAgain, Inspected, Journalled, JournalFailed): UNASKED,
        }),
        **rows(CLEARING, {
            Moved: rule(_take_in_again, STORING, "take it in again"),
            (Failed, TimerFired): rule(_move_failed, INSPECTING, "halt and look"),
            HandSeen: rule(_halt_for_the_hand, INSPECTING, "halt and look"), HandGone: _NOTHING_MOVES,
            ItemTaken: _PASSES,
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR,
            (Captured, Recognised, LookedAgain, Inspected, Journalled, JournalFailed): UNASKED,
        }),
        **rows(RETURNING, {
            Moved: rule(_returned, (SETTLING, NONE), "settle: returned; done, if it has no entry"),
            (Failed, TimerFired): rule(_move_failed, INSPECTING, "halt and look"),
            HandSeen: rule(_halt_for_the_hand, INSPECTING, "halt and look"), HandGone: _NOTHING_MOVES,
            ItemTaken: rule(_mark_taken, RETURNING, "remember that a hand took it"),
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR,
            (Captured, Recognised, LookedAgain, Inspected, Journalled, JournalFailed): UNASKED,
        }),
        **rows(OFFERED, {
            ItemTaken: rule(_taken_back, NONE, "taken back"),
            TimerFired: rule(_left_behind, NONE, "left behind"),
            VisitFinished: rule(_forget, NONE, "the person may take it at leisure"),
            HandGone: rule(_perhaps_swapped, NONE, "look at what lies there now"), HandSeen: Ignored("it is asked for"),
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE,
            (Captured, Recognised, LookedAgain, Moved, Inspected, Journalled, JournalFailed, Failed): UNASKED,
        }),
        **rows(INSPECTING, {
            Inspected: rule(
                _inspected, (SETTLING, RETURNING, NONE, CHECKING, BLOCKED),
                "the counters say where it went; still there: looked at again, given back, or left to the hand",
            ),
            TimerFired: rule(_look_again, (INSPECTING, NONE), "look again; leave it to a restart"),
            Failed: Ignored("the guard's timer looks again"),
            ItemTaken: _NOT_BY_HAND, _HANDS: _NOTHING_MOVES,
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR,
            (Captured, Recognised, LookedAgain, Moved, Journalled, JournalFailed): UNASKED,
        }),
        **rows(SETTLING, {
            Journalled: rule(_settled, (NONE, OFFERED), "offer what was returned; finished"),
            (JournalFailed, TimerFired): rule(_settlement_lost, NONE, "the journal is lost"),
            ItemTaken: rule(_mark_taken, SETTLING, "remember that a hand took it"), _HANDS: _NOTHING_MOVES,
            ItemAdmitted: _ONE_AT_A_TIME, Recover: _RECOVERS_ONCE, VisitFinished: _WAITED_FOR,
            (Captured, Recognised, LookedAgain, Moved, Inspected, Failed): UNASKED,
        }),
    },
)  # fmt: skip
"""The item's table."""
