"""The care of machines, for operators: one machine, its telemetry, its commands; alerts, tickets, availability."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from application.platform.read_availability import ReadAvailability
from application.platform.read_care import ReadAlerts, ReadCommands, ReadMachine, ReadTelemetry, ReadTickets
from application.platform.send_command import SendCommand
from application.platform.tend_tickets import ResolveTicket, TakeTicket
from domain.fleet import ticket
from entrypoints.api.access import Operator
from entrypoints.api.care_shapes import (
    Alerts,
    AlertSeen,
    Commands,
    CommandSeen,
    FleetServed,
    Hours,
    HourSeen,
    MachineCared,
    MachineServed,
    NewCommand,
    Resolution,
    Samples,
    SampleSeen,
    Served,
    Tickets,
    TicketSeen,
    moment_or_none,
)
from entrypoints.api.fleet import MachineSeen
from entrypoints.api.idempotency import OnceByKey
from entrypoints.api.shapes import ID, After, GivenMoment, Limit, next_after
from entrypoints.api.telemetry import Name
from entrypoints.api.times import microseconds, rfc3339
from entrypoints.api.use import use

router = APIRouter(prefix="/api/v1", tags=["care"])

From = Annotated[GivenMoment, Query(alias="from", description="Beginning.", examples=["2026-05-01T00:00:00Z"])]
Until = Annotated[GivenMoment, Query(description="End, not included.", examples=["2026-05-02T00:00:00Z"])]


@router.get("/machines/{machine_id}")
def machine(machine_id: ID, caller: Operator, read: Annotated[ReadMachine, use(ReadMachine)]) -> MachineCared:
    """Read one machine."""
    known, profile, newest = read(caller.organisation, machine_id)
    return MachineCared(
        **MachineSeen.of(known).model_dump(), site=profile.site, mode=profile.mode,
        provisioned=profile.public_key is not None, maintained_at=moment_or_none(profile.maintained_at),
        revoked_at=moment_or_none(profile.revoked_at), newest=None if newest is None else SampleSeen.of(newest),
    )  # fmt: skip


@router.get("/machines/{machine_id}/telemetry")
def telemetry(
    machine_id: ID, caller: Operator, read: Annotated[ReadTelemetry, use(ReadTelemetry)], begin: From, until: Until,
    limit: Annotated[Limit, Query()] = 100,
) -> Samples:  # fmt: skip
    """Read a machine's samples of a span. Old ones are forgotten; their hours stay."""
    found = read.samples(caller.organisation, machine_id, microseconds(begin), microseconds(until), limit)
    return Samples(samples=[SampleSeen.of(each) for each in found])


@router.get("/machines/{machine_id}/telemetry/hours")
def hours(
    machine_id: ID, caller: Operator, read: Annotated[ReadTelemetry, use(ReadTelemetry)], begin: From, until: Until,
    measure: Annotated[Name | None, Query(description="Only this one.")] = None,
) -> Hours:  # fmt: skip
    """Read what a machine's measures came to hour by hour."""
    found = read.hours(caller.organisation, machine_id, microseconds(begin), microseconds(until), measure)
    return Hours(hours=[HourSeen.of(each) for each in found])


@router.post("/machines/{machine_id}/commands", status_code=201, response_model=CommandSeen)
def send(
    machine_id: ID, new: NewCommand, caller: Operator, once: OnceByKey, send: Annotated[SendCommand, use(SendCommand)]
) -> Response:
    """Send a command. The machine fetches it, accepts it in time, and tells what came of it."""

    def effect() -> CommandSeen:
        return CommandSeen.of(
            send(caller.organisation, machine_id, new.kind, new.parameters, caller.person, new.life)
        )  # fmt: skip

    return once(caller.person, 201, effect)


@router.get("/machines/{machine_id}/commands")
def commands(
    machine_id: ID, caller: Operator, read: Annotated[ReadCommands, use(ReadCommands)],
    after: Annotated[After, Query()] = None, limit: Annotated[Limit, Query()] = 50,
) -> Commands:  # fmt: skip
    """Read a machine's commands and what came of them, the newest first."""
    found = read(caller.organisation, machine_id, int(after) if after else None, limit)
    numbers = [number for number, _ in found]
    return Commands(commands=[CommandSeen.of(each) for _, each in found], next=next_after(numbers, limit))


@router.get("/alerts")
def alerts(caller: Operator, read: Annotated[ReadAlerts, use(ReadAlerts)]) -> Alerts:
    """Read the alerts that are raised."""
    return Alerts(alerts=[AlertSeen.of(alert) for alert in read(caller.organisation)])


@router.get("/tickets")
def tickets(
    caller: Operator, read: Annotated[ReadTickets, use(ReadTickets)],
    state: Annotated[ticket.State | None, Query(description="Only those that stand so.")] = None,
    machine_id: Annotated[ID | None, Query(description="Only this machine's.")] = None,
    after: Annotated[After, Query()] = None, limit: Annotated[Limit, Query()] = 50,
) -> Tickets:  # fmt: skip
    """Read tickets, the newest first."""
    found = read(caller.organisation, state, machine_id, int(after) if after else None, limit)
    numbers = [number for number, _ in found]
    return Tickets(tickets=[TicketSeen.of(each) for _, each in found], next=next_after(numbers, limit))


@router.post("/tickets/{ticket_id}/take")
def take(ticket_id: ID, caller: Operator, take: Annotated[TakeTicket, use(TakeTicket)]) -> TicketSeen:
    """Take a ticket: you see to it. Again changes nothing."""
    return TicketSeen.of(take(caller.organisation, caller.person, ticket_id))


@router.post("/tickets/{ticket_id}/resolve")
def resolve(
    ticket_id: ID, new: Resolution, caller: Operator, resolve: Annotated[ResolveTicket, use(ResolveTicket)]
) -> TicketSeen:
    """Resolve a ticket. Again changes nothing."""
    return TicketSeen.of(resolve(caller.organisation, caller.person, ticket_id, new.note))


@router.get("/availability")
def availability(
    caller: Operator, read: Annotated[ReadAvailability, use(ReadAvailability)], begin: From, until: Until
) -> FleetServed:
    """Read how much of a span the machines served, and what kept them from serving."""
    found = read(caller.organisation, microseconds(begin), microseconds(until))
    return FleetServed(
        begin=rfc3339(found.begin), end=rfc3339(found.end), fleet=Served.of(found.fleet),
        sites={site: Served.of(each) for site, each in found.sites.items()},
        machines=[
            MachineServed(**Served.of(each).model_dump(), machine_id=machine.id, name=machine.name, site=site)
            for machine, site, each in found.machines.values()
        ],
    )  # fmt: skip
