"""What a replay knows of each machine: where it begins after the months that went, and what it leaves when one goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import define, field

from application.ports.evidence import Evidence, StoredLink, Unreadable
from domain.deposits.bodies import Outcome
from domain.deposits.chain import Held, Link
from domain.deposits.corrected_time import Anchor, Known, Span
from domain.deposits.journal import Cursor
from domain.deposits.record import Record
from domain.deposits.settlement import day_of
from domain.deposits.visit import Item, Visit
from domain.fleet.machine import Machine
from domain.points.proof import Finding
from domain.retention.checkpoint import Past, Stand, carried


@define
class Replayed:
    """What was worked out of one machine so far."""

    named: Machine
    record: Record
    held: Held
    links: dict[str, Link]
    succeeded: set[str]
    ids: dict[str, str]
    rows: Mapping[str, StoredLink]
    anchors: dict[str, Anchor] = field(factory=dict)
    cursors: dict[str, Cursor] = field(factory=dict)
    epochs: set[str] = field(factory=set)


def go_on(past: Past, evidence: Evidence, machines: Mapping[str, Replayed]) -> Iterator[Finding]:
    """Take up what the months that went left behind: chains, clocks, links, and visits with their items."""
    if not past.until:
        return
    for (name, epoch), stand in past.stands.items():
        if name in machines:
            machine = machines[name]
            machine.cursors[epoch] = stand.cursor
            machine.epochs.add(epoch)
            if stand.anchor is not None:
                machine.anchors[epoch] = stand.anchor
    for machine in machines.values():
        for link in machine.rows.values():
            if link.received < past.until:
                _hold(machine, link)
    yield from _know(machines, {**evidence.sealed_visits(past.until), **past.visits})
    yield from _know(machines, {**evidence.sealed_items(past.until), **past.items})
    for machine in machines.values():
        machine.record.sealed.update(machine.record.visits.keys() - past.visits.keys())


def _hold(machine: Replayed, link: StoredLink) -> None:
    known = Known(link.epoch, link.mono, Span(link.earliest, max(link.earliest, link.latest)))
    machine.links[link.hash] = Link(link.hash, link.epoch, link.seq, known)
    machine.succeeded.add(link.prev)
    machine.ids.setdefault(link.entry, link.hash)


def _know(machines: Mapping[str, Replayed], rows: Mapping[str, Visit | Item | Unreadable]) -> Iterator[Finding]:
    for row in rows.values():
        if isinstance(row, Unreadable):
            yield Finding("row", row.where, row.why)
            continue
        machine = machines.get(row.machine)
        if machine is None:
            yield Finding("row", f"{type(row).__name__.lower()} {row.id}", "its machine is not registered")
        elif isinstance(row, Visit):
            machine.record.visits[row.id] = row
            if row.session is not None:
                machine.record.session_machines.setdefault(row.session, set()).add(row.machine)
        else:
            machine.record.items[row.id] = row
            if row.outcome is Outcome.UNKNOWN and row.due:
                day = day_of(row.span)
                machine.record.unknown[day] = machine.record.unknown.get(day, 0) + 1


def stands(past: Past, machines: Mapping[str, Replayed]) -> tuple[Stand, ...]:
    """Return the epochs that moved since the past, as they stand now."""
    now = [
        Stand(name, cursor, machine.anchors.get(epoch))
        for name, machine in sorted(machines.items())
        for epoch, cursor in sorted(machine.cursors.items())
    ]
    return tuple(each for each in now if past.stands.get((each.machine, each.cursor.epoch)) != each)


def not_over(
    machines: Mapping[str, Replayed], later: frozenset[str]
) -> tuple[tuple[Visit, ...], tuple[Item, ...]]:  # fmt: skip
    """Return the visits that are not over, or that `later` items name, with their items."""
    records = [machine.record for machine in machines.values()]
    live = [visit for record in records for visit in record.visits.values() if visit.id not in record.sealed]
    visits, items = carried(live, [item for record in records for item in record.items.values()], later)
    return tuple(visits), tuple(items)
