"""What the platform tells the world, in the words that the app, the console and partners read.

Each entry makes one announcement for its machine and one for its session, if it has one. Everything here
is plain JSON and names people by their random ids only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from application.ports.outbox import Announcement
from domain.deposits.bodies import Booted, ItemDecided, ItemSettled, VisitClosed, VisitOpened
from domain.deposits.record import Alarm, Judged
from domain.deposits.session import Session
from domain.deposits.settlement import Standing, Verdict
from domain.deposits.visit import Visit
from domain.fleet.machine import Machine


def of_session(session: Session, type: str, at: int, **more: Any) -> Announcement:
    """Announce what happened to a session: `issued`, `claimed`, `used`, `withdrawn`, `expired`."""
    data = {"session": session.id, "state": session.state.value, "expires_at": session.expires_at, **more}
    return Announcement(session.organisation, f"session:{session.id}", f"session.{type}", data, at)


def of_machine(machine: Machine, type: str, at: int, **more: Any) -> Announcement:
    """Announce what happened to a machine as a whole."""
    data = {"machine": machine.id, "machine_name": machine.name, **more}
    return Announcement(machine.organisation, f"machine:{machine.id}", f"machine.{type}", data, at)


def of_alarm(organisation: str, machine: Machine | None, alarm: Alarm, at: int) -> Announcement:
    """Announce an alarm."""
    aggregate = f"machine:{machine.id}" if machine else f"organisation:{organisation}"
    data = {"kind": alarm.kind, "detail": alarm.detail, "machine": machine.id if machine else None}
    return Announcement(organisation, aggregate, "alarm.raised", data, at)


def of_credit(organisation: str, person: str, points: int, balance: int, item: str, at: int) -> Announcement:
    """Announce points credited to a person."""
    data = {"points": points, "balance": balance, "item": item}
    return Announcement(organisation, f"person:{person}", "points.credited", data, at)


def of_entry(judged: Judged, machine: Machine, at: int, balance: int | None) -> list[Announcement]:
    """Announce what an entry came to, if it had an effect. `balance` is the person's, after a credit."""
    body, data = judged.body, _data(judged, machine)
    if data is None or body is None:
        return []
    word = _TYPES[body.__class__]
    announcements = [Announcement(machine.organisation, f"machine:{machine.id}", word, data, at)]
    visit = judged.visit
    if visit is not None and visit.session is not None:
        told = data if balance is None else {**data, "balance": balance}
        announcements.append(Announcement(machine.organisation, f"session:{visit.session}", word, told, at))
    return announcements


def points_of(verdict: Verdict | None) -> int:
    """Return the points that a verdict credits."""
    return verdict.points if verdict is not None and verdict.standing in _PAYS else 0


_PAYS = (Standing.CREDITED, Standing.REPRICED)
OF_ENTRIES = ("machine.booted", "visit.opened", "item.decided", "item.settled", "visit.closed")
"""The types of the events that entries alone cause."""
_TYPES: dict[type, str] = {
    Booted: "machine.booted",
    VisitOpened: "visit.opened",
    ItemDecided: "item.decided",
    ItemSettled: "item.settled",
    VisitClosed: "visit.closed",
}


def _data(judged: Judged, machine: Machine) -> dict[str, Any] | None:
    body, visit = judged.body, judged.visit
    base: dict[str, Any] = {"machine": machine.id, "machine_name": machine.name, "time": judged.span.latest}
    if isinstance(body, Booted):
        return {**base, "software": body.software, "model": body.model}
    if visit is None:
        return None
    base["visit"] = visit.id
    if isinstance(body, VisitOpened):
        return {**base, "by": body.by.value, "token": visit.token.value, "price_list": body.price_list}
    if isinstance(body, VisitClosed):
        return {**base, "why": body.why.value, "totals": _totals(visit)}
    if isinstance(body, ItemDecided):
        return {**base, "item": judged.entry.id, **_decided(body)}
    if isinstance(body, ItemSettled) and judged.item is not None and judged.verdict is not None:
        return {**base, "item": body.item, "outcome": body.outcome.value, **_verdict(judged), "totals": _totals(visit)}
    return None


def _decided(body: ItemDecided) -> dict[str, Any]:
    seen, box = body.recognition, body.recognition.box
    return {
        "decision": "accept" if body.decision.accepted else "reject",
        "reason": body.decision.reason.value,
        "label": seen.label.value if seen.label else None,
        "confidence": seen.confidence,
        "box": [box.x0, box.y0, box.x1, box.y1] if box else None,
        "picture": body.picture.sha256 if body.picture else None,
        "points": body.promise.points if body.promise else None,
        "mask_area": seen.mask_area,
        "model": seen.model,
    }


def _verdict(judged: Judged) -> dict[str, Any]:
    verdict, item = judged.verdict, judged.item
    if verdict is None or item is None:
        return {}
    label = item.decided.recognition.label
    return {
        "verdict": verdict.standing.value,
        "why": verdict.why.value,
        "points": points_of(verdict),
        "label": label.value if label else None,
    }


def _totals(visit: Visit) -> dict[str, int]:
    totals = visit.totals
    return {
        "items": totals.items,
        "accepted": totals.accepted,
        "credited": totals.credited,
        "held": totals.held,
        "refused": totals.refused,
        "points": totals.points,
    }


def of_entries(
    judged: Sequence[Judged], machine: Machine, at: int, balances: dict[str, int]
) -> list[Announcement]:  # fmt: skip
    """Announce a batch in order. `balances` are those right after each credit, by the settled entry's id."""
    announcements: list[Announcement] = []
    for each in judged:
        balance = balances.get(each.entry.id)
        announcements += of_entry(each, machine, at, balance)
        if balance is not None and each.visit is not None and each.visit.person is not None and each.item is not None:
            person, points = each.visit.person, points_of(each.verdict)
            announcements.append(of_credit(machine.organisation, person, points, balance, each.item.id, at))
        announcements += [of_alarm(machine.organisation, machine, alarm, at) for alarm in each.alarms]
    return announcements
