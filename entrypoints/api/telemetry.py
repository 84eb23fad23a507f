"""What machines tell of themselves, and the commands that they fetch and answer for."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StrictBool, StrictInt

from application.platform.deliver_commands import DeliverCommands, NoteCommand
from application.platform.take_telemetry import LONGEST_BATCH, TakeTelemetry, TelemetryBatch
from application.ports.clock import Reading
from domain.fleet.command import LONGEST_DETAIL, SignedCommand, State, Told
from domain.fleet.telemetry import LARGEST, LONGEST_WORD, MEASURES, MOST_FAULTS, MOST_MEASURES, Sample
from entrypoints.api.machines import Itself, Sending, Whole
from entrypoints.api.metrics import Metrics
from entrypoints.api.rates import Allow
from entrypoints.api.shapes import ID, Integral, Shape
from entrypoints.api.use import use

router = APIRouter(prefix="/api/v1/machines/{machine_id}", tags=["machines"])

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Measure = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST), Integral]
Measures = Annotated[
    dict[Name, Measure],
    Field(
        default_factory=dict,
        max_length=MOST_MEASURES, examples=[{"bin_level": 420, "cpu_temperature": 51_500, "door_open": 0}],
        description="Whole numbers. " + "; ".join(f"`{name}`: {what}" for name, what in MEASURES.items())
        + ". Others by names of your own.",
    ),
]  # fmt: skip


class NewSample(Shape):
    """One look of a machine at itself. Its boot and number make it one: sent again, it changes nothing."""

    boot: Annotated[ID, Field(description="The boot that took it.")]
    seq: Annotated[Whole, Field(description="Counts the samples of that boot.", examples=[0])]
    mono: Annotated[Whole, Field(description="Microseconds since that boot.", examples=[60_000_000])]
    wall: Annotated[Whole, Field(description="UTC, as the machine has it.", examples=[1_777_636_800_000_000])]
    trusted: Annotated[StrictBool, Field(description="Whether a trusted source set that clock since boot.")]
    measures: Measures
    serving: Annotated[StrictBool | None, Field(description="Whether it takes items in; null when it cannot say.")] = (
        None
    )
    faults: Annotated[
        list[Name],
        Field(default_factory=list, max_length=MOST_FAULTS, description="Broken parts.", examples=[["motor"]]),
    ]
    words: Annotated[
        dict[Name, Annotated[str, Field(max_length=LONGEST_WORD)]],
        Field(
            default_factory=dict,
            max_length=MOST_FAULTS,
            examples=[{"software": "myrvm 0.1.0", "model": "first-light-1"}],
        ),
    ]

    def sample(self) -> Sample:
        """Return it as the domain has it. Raises MalformedSample."""
        return Sample(
            self.boot, self.seq, self.mono, self.wall, self.trusted, dict(self.measures), self.serving,
            tuple(self.faults), dict(self.words),
        )  # fmt: skip


class NewTelemetry(Shape):
    """Samples in their order; none is a heartbeat."""

    boot: Annotated[ID, Field(description="The boot that sends.")]
    sending: Sending
    waiting: Annotated[Whole, Field(description="Journal entries that are still to be sent.")] = 0
    samples: Annotated[
        list[NewSample], Field(default_factory=list, max_length=LONGEST_BATCH, description=f"At most {LONGEST_BATCH}.")
    ]


class TakenTelemetry(BaseModel):
    """What became of a batch."""

    stored: int
    replayed: Annotated[int, Field(description="Samples that were held already.")]
    commands: Annotated[int, Field(description="Commands that wait for the machine: fetch them.")]


class DeliveredCommand(BaseModel):
    """A command: its exact bytes and the platform's signature over them, in base64."""

    command_id: ID
    raw: Annotated[str, Field(description="JSON: id, machine, kind, parameters, issued_at, expires_at.")]
    key_id: str
    signature: str

    @classmethod
    def of(cls, id: str, signed: SignedCommand) -> DeliveredCommand:
        """Say it in HTTP's words."""
        return cls(
            command_id=id,
            raw=base64.b64encode(signed.raw).decode(),
            key_id=signed.key_id,
            signature=base64.b64encode(signed.signature).decode(),
        )


class Delivered(BaseModel):
    """Commands that were not accepted yet, the oldest first."""

    commands: list[DeliveredCommand]


class Report(Shape):
    """What a machine tells of a command: `accepted` before it begins, then how it ended."""

    told: Annotated[Told, Field(examples=["accepted"])]
    detail: Annotated[str, Field(max_length=LONGEST_DETAIL, examples=["all nine checks passed"])] = ""


class Noted(BaseModel):
    """Where the command stands now."""

    command_id: ID
    state: State


@router.post("/telemetry")
def take(
    new: NewTelemetry, machine: Itself, allow: Allow, request: Request,
    take_telemetry: Annotated[TakeTelemetry, use(TakeTelemetry)],
) -> TakenTelemetry:  # fmt: skip
    """Take what the machine tells of itself. What was taken before changes nothing.

    Send every half minute, at rest too: a machine that is silent for two minutes raises an alert.
    """
    allow.machine(machine.id)
    reading = Reading(wall=new.sending.wall, mono=new.sending.mono, trusted=new.sending.trusted)
    samples = [each.sample() for each in new.samples]
    taken = take_telemetry(TelemetryBatch(machine.id, new.boot, reading, samples, new.waiting))
    metrics: Metrics = request.app.state.metrics
    metrics.care.telemetry(taken)
    return TakenTelemetry(stored=taken.stored, replayed=taken.replayed, commands=taken.commands)


@router.post("/deliveries")
def deliver(
    machine: Itself, allow: Allow, deliver_commands: Annotated[DeliverCommands, use(DeliverCommands)]
) -> Delivered:
    """Fetch the commands that wait. Fetched again, they come again, until they are accepted or their time is over."""
    allow.machine(machine.id)
    return Delivered(commands=[DeliveredCommand.of(each.id, signed) for each, signed in deliver_commands(machine.id)])


@router.post("/commands/{command_id}/reports")
def report(
    command_id: ID, new: Report, machine: Itself, allow: Allow, request: Request,
    note_command: Annotated[NoteCommand, use(NoteCommand)],
) -> Noted:  # fmt: skip
    """Tell what came of a command. Told again, nothing changes.

    Begin only after `accepted` was answered with 200: it is refused once the command's time is over.
    """
    allow.machine(machine.id)
    command = note_command(machine.id, command_id, new.told, new.detail)
    metrics: Metrics = request.app.state.metrics
    metrics.care.command(command)
    return Noted(command_id=command.id, state=command.state)
