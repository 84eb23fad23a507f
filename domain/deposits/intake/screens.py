"""Which screen belongs to which state: a function of the state and of nothing else.

The law: facts come from what was journalled (`Visit.items`, `Item.shown`), never from what is on its way there.
"""

from __future__ import annotations

from domain.deposits.bodies import Outcome
from domain.deposits.intake.state import HealthState, Intake, ItemState, VisitState
from domain.deposits.intake.view import MOST_ITEMS_SHOWN, Note, Screen, View

_BY_HEALTH = {
    HealthState.OFF: Screen.STARTING,
    HealthState.STARTING: Screen.STARTING,
    HealthState.RECOVERING: Screen.RECOVERING,
    HealthState.OUT: Screen.OUT_OF_SERVICE,
}
_BY_VISIT = {
    VisitState.VERIFYING: Screen.CHECKING_CODE,
    VisitState.CLAIMING: Screen.CHECKING_CODE,
    VisitState.OPENING: Screen.OPENING,
    VisitState.REPORTING: Screen.FINISHING,
    VisitState.CLOSING: Screen.FINISHING,
}
_TELLS_PARTS = frozenset({Screen.OUT_OF_SERVICE, Screen.MAINTENANCE})
_BY_ITEM = {
    ItemState.BLOCKED: Screen.HAND_IN_CHUTE,
    ItemState.CLEARING: Screen.CLEARING,
}


def look(state: Intake) -> View:
    """Return what the screen shows in this state."""
    visit, item = state.visit, state.item
    items = visit.items
    if item.shown is not None and item.shown.id not in {known.id for known in items}:
        items = (item.shown, *items)[:MOST_ITEMS_SHOWN]
    notes = set(visit.notes)
    if state.present and visit.state in {VisitState.IDLE, VisitState.CLOSING} and item.state is ItemState.NONE:
        notes.add(Note.ITEM_WAITING)
    if item.changed:
        notes.add(Note.ITEM_CHANGED)
    screen = _screen(state)
    return View(
        screen=screen,
        by=visit.by,
        visit=visit.id,
        items=items,
        paid=visit.paid,
        returned=visit.returned,
        points=visit.points,
        code=visit.verdict,
        notes=tuple(sorted(notes, key=lambda note: note.value)),
        parts=tuple(sorted(state.health.faults)) if screen in _TELLS_PARTS else (),
    )


def _screen(state: Intake) -> Screen:
    visit = state.visit
    if visit.state is VisitState.MAINTENANCE:
        return Screen.MAINTENANCE
    if state.health.state in _BY_HEALTH:
        return _BY_HEALTH[state.health.state]
    if visit.state is VisitState.IDLE:
        return visit.notice or Screen.WELCOME
    return _BY_VISIT.get(visit.state) or _while_open(state)


def _while_open(state: Intake) -> Screen:
    item = state.item
    if item.state is ItemState.NONE:
        if state.visit.phone and state.present:
            return Screen.RECOGNISING
        return Screen.INSERT if state.visit.state is VisitState.OPEN else Screen.FINISHING
    if item.state in {ItemState.CAPTURING, ItemState.RECOGNISING, ItemState.DECIDING, ItemState.CHECKING}:
        return Screen.RECOGNISING
    if item.state in _BY_ITEM:
        return _BY_ITEM[item.state]
    if item.shown is None:
        return Screen.TAKE_BACK
    if not item.shown.accepted:
        return Screen.REFUSED
    going_out = item.state in {ItemState.RETURNING, ItemState.OFFERED} or item.outcome is Outcome.RETURNED
    return Screen.TAKE_BACK if going_out else Screen.ACCEPTED
