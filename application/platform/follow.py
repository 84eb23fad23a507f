"""Follow a session or a fleet: where to begin, so that what comes live afterwards joins on without a hole.

Each message has a version. Who comes with the last version they have gets what they missed, from the
database; who comes without one, or after too long, gets a snapshot. A session's versions count its own
events; a fleet's are publication numbers, which count the organisation's events as the relay takes them up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from application.platform.again import again
from application.platform.errors import UnknownSession
from application.ports.outbox import Event
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.fleet.machine import Machine

MOST_MISSED = 500
"""Whoever missed more gets a snapshot instead."""
RECENT = 50
"""Events that a fleet's snapshot shows."""
SNAPSHOT = "snapshot"


@frozen
class Message:
    """What a follower gets. `data` is plain JSON; `at` is microseconds UTC."""

    version: int
    type: str
    data: Mapping[str, Any] = field(hash=False)
    at: int
    aggregate: str


@frozen
class FollowSession:
    """Where a person begins to follow their session."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, session: str, person: str, version: int | None) -> Sequence[Message]:
        """Return what to send first. Raises UnknownSession, for another person's session too."""
        with self.unit_of_work(read_only=True) as work:
            found = work.sessions.get(session)
            if found is None or found.person != person:
                raise UnknownSession("there is no such session, or it is another person's")
            aggregate = f"session:{session}"
            latest = work.outbox.latest_version(aggregate)
            if version is not None and latest - MOST_MISSED <= version <= latest:
                return [by_version(event) for event in work.outbox.since(aggregate, version, MOST_MISSED)]
            events = _all(work, aggregate)
        at = events[-1].at if events else found.issued_at
        return [Message(latest, SNAPSHOT, folded(events), at, aggregate)]


@frozen
class FollowFleet:
    """Where an operator begins to follow the fleet."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, organisation: str, version: int | None) -> Sequence[Message]:
        """Return what to send first."""
        with self.unit_of_work(read_only=True) as work:
            latest = work.outbox.latest_publication(organisation)
            if version is not None and 0 <= version <= latest:
                missed = work.outbox.feed(organisation, version, MOST_MISSED + 1)
                if len(missed) <= MOST_MISSED:
                    return [by_publication(event) for event in missed]
            machines = work.machines.of(organisation)
            recent = work.outbox.recent(organisation, RECENT)
        data = {"machines": [_machine(machine) for machine in machines], "recent": [_told(event) for event in recent]}
        at = recent[-1].at if recent else 0
        return [Message(latest, SNAPSHOT, data, at, f"organisation:{organisation}")]


def by_version(event: Event) -> Message:
    """Number an event by its aggregate's version."""
    return Message(event.version, event.type, event.data, event.at, event.aggregate)


def by_publication(event: Event) -> Message:
    """Number an event by its publication. It has one as soon as anybody can hear of it."""
    return Message(_number(event), event.type, event.data, event.at, event.aggregate)


def _number(event: Event) -> int:
    if event.publication is None:
        raise ValueError(f"event {event.id} has no publication number yet")
    return event.publication


def folded(events: Iterable[Event]) -> dict[str, Any]:
    """Fold a session's events into what they come to: the very thing that its followers have built up."""
    state: dict[str, Any] = {"session": None, "state": None, "expires_at": None, "claimed_by": None, "visit": None}
    items: dict[str, dict[str, Any]] = {}
    for event in events:
        data = event.data
        if event.type.startswith("session."):
            state.update({name: data[name] for name in ("session", "state", "expires_at") if name in data})
            if event.type == "session.claimed":
                state["claimed_by"] = data.get("machine")
        elif event.type == "visit.opened":
            state["visit"] = {**data, "closed": None}
        elif event.type == "item.decided":
            items[data["item"]] = {**data, "outcome": None, "verdict": None}
        elif event.type == "item.settled":
            items.setdefault(data["item"], {}).update(data)
        elif event.type == "visit.closed" and state["visit"]:
            state["visit"] = {**state["visit"], "closed": data.get("why"), "totals": data.get("totals")}
    return {**state, "items": list(items.values())}


def _all(work: UnitOfWork, aggregate: str) -> list[Event]:
    events: list[Event] = []
    while True:
        more = work.outbox.since(aggregate, events[-1].version if events else 0, MOST_MISSED)
        events += more
        if len(more) < MOST_MISSED:
            return events


def _machine(machine: Machine) -> dict[str, Any]:
    return {"machine": machine.id, "machine_name": machine.name, "contacted_at": machine.contacted_at}


def _told(event: Event) -> dict[str, Any]:
    return {
        "version": _number(event), "type": event.type, "data": dict(event.data), "at": event.at,
        "aggregate": event.aggregate,
    }  # fmt: skip
