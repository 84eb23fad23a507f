"""What readings of a machine come to: alerts raised and cleared, with their outages, tickets and announcements.

Part of a transaction that holds the machine's row; whoever calls it commits.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from application.platform.announce import of_machine
from application.ports.clock import IdSource
from application.ports.outbox import Announcement
from application.ports.unit_of_work import UnitOfWork
from domain.fleet.alert import Alert, Change, Rule, Turn, read
from domain.fleet.availability import Outage
from domain.fleet.machine import Machine
from domain.fleet.ticket import State, Ticket, cleared, raised_again


@frozen
class RuleReading:
    """What a rule reads at a moment. `since` tells from when it has been so, where that is known to be earlier."""

    rule: Rule
    value: int
    at: int
    since: int | None = None


@frozen
class Tended:
    """What changed, and what is to be told of it."""

    changes: tuple[tuple[Rule, Change], ...] = ()
    announcements: list[Announcement] = field(factory=list, hash=False)


def tend(work: UnitOfWork, machine: Machine, readings: Iterable[RuleReading], ids: IdSource, now: int) -> Tended:
    """Take readings in their order."""
    known = work.care.alerts.of(machine.id)
    touched: dict[str, Alert] = {}
    changes: list[tuple[Rule, Change]] = []
    announcements: list[Announcement] = []
    for reading in readings:
        rule = reading.rule
        alert = touched.get(rule.name) or known.get(rule.name) or Alert(machine.id, rule.name)
        turn = read(rule, alert, reading.value, reading.at, reading.since)
        if turn.alert is not alert:
            touched[rule.name] = turn.alert
        if turn.change is not None:
            changes.append((rule, turn.change))
            announcements += _changed(work, machine, rule, turn, ids, now)
    if touched:
        work.care.alerts.keep(machine.organisation, list(touched.values()))
    return Tended(tuple(changes), announcements)


def of_ticket(ticket: Ticket, machine: Machine, type: str, at: int) -> Announcement:
    """Announce what happened to a ticket: `opened`, `taken`, `resolved`."""
    more = {"ticket": ticket.id, "rule": ticket.rule, "state": ticket.state.value, "times": ticket.times}
    told = of_machine(machine, type, at, **more)
    return Announcement(told.organisation, told.aggregate, f"ticket.{type}", told.data, at)


def _changed(
    work: UnitOfWork, machine: Machine, rule: Rule, turn: Turn, ids: IdSource, now: int
) -> list[Announcement]:  # fmt: skip
    raised = turn.change is Change.RAISED
    if rule.cause is not None and raised:
        work.care.outages.begin(machine.organisation, Outage(machine.id, rule.name, rule.cause, turn.since))
    elif rule.cause is not None:
        work.care.outages.end(machine.id, rule.name, turn.since)
    ticket = _ticket(work, machine, rule, ids, now, raised=raised) if rule.opens_ticket else None
    data = {
        "machine": machine.id, "machine_name": machine.name, "rule": rule.name, "value": turn.alert.value,
        "severity": rule.severity.value, "since": turn.since, "ticket": ticket.id if ticket else None,
    }  # fmt: skip
    word = "alert.raised" if raised else "alert.cleared"
    told = [Announcement(machine.organisation, f"machine:{machine.id}", word, data, now)]
    if ticket is not None:
        told.append(of_ticket(ticket, machine, "opened" if raised else ticket.state.value, now))
    return told


def _ticket(
    work: UnitOfWork, machine: Machine, rule: Rule, ids: IdSource, now: int, *, raised: bool
) -> Ticket | None:  # fmt: skip
    """Open a ticket, or note on the one there that its alert is back or over. None when there is nothing to note."""
    tickets = work.care.tickets
    newest = tickets.newest(machine.id, rule.name)
    if not raised:
        if newest is None or newest.state is State.RESOLVED:
            return None
        newest = cleared(newest, now)
        tickets.keep(newest)
        return newest
    if newest is not None and newest.same_again(now):
        newest = raised_again(newest)
        tickets.keep(newest)
        return newest
    ticket = Ticket(ids.next(), machine.organisation, machine.id, rule.name, now)
    tickets.add(ticket)
    return ticket
