"""How the care of machines looks over HTTP: samples, hours, alerts, tickets, commands, availability."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StrictInt

from application.ports.care import TimedSample
from domain.fleet import command, ticket
from domain.fleet.alert import BY_NAME, Alert, Cause, Severity
from domain.fleet.availability import Availability
from domain.fleet.command import Command, Kind, Mode
from domain.fleet.telemetry import Hour
from domain.fleet.ticket import LONGEST_NOTE, Ticket
from entrypoints.api.fleet import MachineSeen
from entrypoints.api.shapes import ID, Integral, Moment, Shape
from entrypoints.api.telemetry import Name
from entrypoints.api.times import rfc3339

Next = Annotated[str | None, Field(description="Send it as `after` for the next page; null on the last.")]


def moment_or_none(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)


class SampleSeen(BaseModel):
    """A sample, with the time at which it was taken by the platform's clock."""

    at: Moment
    measures: dict[str, int]
    serving: bool | None
    faults: list[str]
    words: dict[str, str]

    @classmethod
    def of(cls, timed: TimedSample) -> SampleSeen:
        """Say it in HTTP's words."""
        sample = timed.sample
        return cls(
            at=rfc3339(timed.at), measures=dict(sample.measures), serving=sample.serving, faults=list(sample.faults),
            words=dict(sample.words),
        )  # fmt: skip


class Samples(BaseModel):
    """Samples of a span, the oldest first. For the rest of a longer span, ask again from after the last one."""

    samples: list[SampleSeen]


class HourSeen(BaseModel):
    """A measure of one hour."""

    hour: Moment
    measure: str
    count: int
    least: int
    most: int
    mean: int

    @classmethod
    def of(cls, hour: Hour) -> HourSeen:
        """Say it in HTTP's words."""
        return cls(
            hour=rfc3339(hour.hour), measure=hour.measure, count=hour.count, least=hour.least, most=hour.most,
            mean=hour.total // hour.count,
        )  # fmt: skip


class Hours(BaseModel):
    """Hours of a span."""

    hours: list[HourSeen]


class MachineCared(MachineSeen):
    """A machine, where it stands, how it works, and what it told last."""

    site: str
    mode: Mode
    provisioned: Annotated[bool, Field(description="Whether it made a key pair of its own.")]
    maintained_at: Moment | None
    revoked_at: Moment | None
    newest: SampleSeen | None


class AlertSeen(BaseModel):
    """A raised alert."""

    machine_id: ID
    rule: Annotated[str, Field(examples=list(BY_NAME))]
    severity: Severity
    since: Moment
    value: Annotated[int, Field(description="Of the rule's measure, when it was last read.")]

    @classmethod
    def of(cls, alert: Alert) -> AlertSeen:
        """Say it in HTTP's words."""
        severity = BY_NAME[alert.rule].severity if alert.rule in BY_NAME else Severity.NOTICE
        return cls(
            machine_id=alert.machine, rule=alert.rule, severity=severity, since=rfc3339(alert.began), value=alert.value
        )


class Alerts(BaseModel):
    """All raised alerts of the organisation, the newest first."""

    alerts: list[AlertSeen]


class TicketSeen(BaseModel):
    """Something that a person has to see to."""

    ticket_id: ID
    machine_id: ID
    rule: str
    state: ticket.State
    opened_at: Moment
    times: Annotated[int, Field(description="How often its alert was raised.")]
    cleared_at: Annotated[Moment | None, Field(description="When the alert cleared; null while it stands.")]
    taken_by: ID | None
    resolved_at: Moment | None
    resolved_by: Annotated[ID | None, Field(description="Null when it cleared by itself.")]
    note: str

    @classmethod
    def of(cls, ticket: Ticket) -> TicketSeen:
        """Say it in HTTP's words."""
        return cls(
            ticket_id=ticket.id, machine_id=ticket.machine, rule=ticket.rule, state=ticket.state,
            opened_at=rfc3339(ticket.opened_at), times=ticket.times, cleared_at=moment_or_none(ticket.cleared_at),
            taken_by=ticket.taken_by, resolved_at=moment_or_none(ticket.resolved_at), resolved_by=ticket.resolved_by,
            note=ticket.note,
        )  # fmt: skip


class Tickets(BaseModel):
    """A page of tickets, the newest first."""

    tickets: list[TicketSeen]
    next: Next


class Resolution(Shape):
    """What was done."""

    note: Annotated[str, Field(max_length=LONGEST_NOTE, examples=["Bag changed, seal 4711"])] = ""


class NewCommand(Shape):
    """A command for a machine."""

    kind: Annotated[Kind, Field(examples=["run_diagnostics"])]
    parameters: Annotated[
        dict[Name, Annotated[str, Field(max_length=100)]], Field(default_factory=dict, max_length=8, examples=[{}])
    ]
    life: Annotated[
        StrictInt,
        Field(ge=command.SHORTEST_LIFE, le=command.LONGEST_LIFE, description="Seconds in which it can be accepted."),
        Integral,
    ] = command.USUAL_LIFE


class CommandSeen(BaseModel):
    """Where a command stands."""

    command_id: ID
    machine_id: ID
    kind: Kind
    parameters: dict[str, str]
    state: command.State
    issued_by: ID
    issued_at: Moment
    expires_at: Moment
    ended_at: Moment | None
    detail: str

    @classmethod
    def of(cls, command: Command) -> CommandSeen:
        """Say it in HTTP's words."""
        return cls(
            command_id=command.id, machine_id=command.machine, kind=command.kind, parameters=dict(command.parameters),
            state=command.state, issued_by=command.issued_by, issued_at=rfc3339(command.issued_at),
            expires_at=rfc3339(command.expires_at), ended_at=moment_or_none(command.ended_at), detail=command.detail,
        )  # fmt: skip


class Commands(BaseModel):
    """A page of a machine's commands, the newest first."""

    commands: list[CommandSeen]
    next: Next


class Served(BaseModel):
    """How much of a span was served. Times are in seconds."""

    span: int
    served_ppm: Annotated[int, Field(description="Millionths of the span in service.", examples=[998_700])]
    down: Annotated[dict[Cause, int], Field(description="Seconds without service, by the cause that is charged.")]
    repairs: int
    mean_repair: Annotated[int | None, Field(description="Mean time to repair; null when nothing was repaired.")]

    @classmethod
    def of(cls, found: Availability) -> Served:
        """Say it in HTTP's words."""
        return cls(
            span=_seconds(found.span), served_ppm=found.ppm,
            down={cause: _seconds(time) for cause, time in found.down.items()}, repairs=found.repairs,
            mean_repair=None if found.mean_repair is None else _seconds(found.mean_repair),
        )  # fmt: skip


class MachineServed(Served):
    """How much of a span a machine served."""

    machine_id: ID
    name: str
    site: str


class FleetServed(BaseModel):
    """How much of a span the fleet served, by site and machine."""

    begin: Moment
    end: Annotated[Moment, Field(description="At most now.")]
    fleet: Served
    sites: Annotated[dict[str, Served], Field(description="By name; machines without a site under an empty one.")]
    machines: list[MachineServed]


def _seconds(microseconds: int) -> int:
    return microseconds // 1_000_000
