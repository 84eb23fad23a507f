"""The fleet, for operators: machines, price lists, alarms."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StrictInt

from application.platform.publish_price_list import PublishPriceList
from application.platform.read_fleet import ReadAlarms, ReadFleet
from application.platform.register_machine import RegisterMachine
from application.ports.record_store import RaisedAlarm
from domain.deposits.recognition import Material
from domain.fleet.machine import LONGEST_NAME, Machine
from domain.points.price_list import MOST_POINTS
from entrypoints.api.access import Operator
from entrypoints.api.idempotency import OnceByKey
from entrypoints.api.machines import SignedPrices
from entrypoints.api.shapes import ID, After, GivenMoment, Integral, Limit, Moment, Shape, next_after
from entrypoints.api.times import microseconds, rfc3339
from entrypoints.api.use import use

router = APIRouter(prefix="/api/v1", tags=["fleet"])


class NewMachine(Shape):
    """A machine to be registered."""

    name: Annotated[str, Field(max_length=4 * LONGEST_NAME, examples=["Station hall, left"])]


class RegisteredMachine(BaseModel):
    """The machine's id and its API key, which is never shown again."""

    machine_id: ID
    api_key: Annotated[str, Field(description="Shown once: only its hash is kept.")]


class MachineSeen(BaseModel):
    """A machine as an operator sees it."""

    machine_id: ID
    name: str
    registered_at: Moment
    contacted_at: Moment | None
    waiting: Annotated[int, Field(description="Entries that it still had to send when it was last heard of.")]

    @classmethod
    def of(cls, machine: Machine) -> MachineSeen:
        """Say it in HTTP's words."""
        return cls(
            machine_id=machine.id,
            name=machine.name,
            registered_at=rfc3339(machine.registered_at),
            contacted_at=None if machine.contacted_at is None else rfc3339(machine.contacted_at),
            waiting=machine.waiting,
        )


class Machines(BaseModel):
    """All machines of the organisation, by name."""

    machines: list[MachineSeen]


class NewPriceList(Shape):
    """Points by material, from one moment until (not including) another."""

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", examples=["2026-05"])]
    valid_from: Annotated[GivenMoment, Field(examples=["2026-05-01T00:00:00Z"])]
    valid_until: Annotated[GivenMoment, Field(examples=["2026-06-01T00:00:00Z"])]
    points: Annotated[
        dict[Material, Annotated[StrictInt, Field(ge=0, le=MOST_POINTS), Integral]],
        Field(description="A material that is not listed is worth nothing.", examples=[{"glass": 10, "metal": 8}]),
    ]


class Alarm(BaseModel):
    """Something that a person should look at."""

    machine_id: ID | None
    kind: Annotated[str, Field(examples=["fork", "rejected_entry", "reused_id"])]
    detail: str
    raised_at: Moment

    @classmethod
    def of(cls, raised: RaisedAlarm) -> Alarm:
        """Say it in HTTP's words."""
        return cls(
            machine_id=raised.machine, kind=raised.alarm.kind, detail=raised.alarm.detail, raised_at=rfc3339(raised.at)
        )


class Alarms(BaseModel):
    """A page of alarms, the newest first."""

    alarms: list[Alarm]
    next: Annotated[str | None, Field(description="Send it as `after` for the next page; null on the last.")]


@router.get("/machines")
def machines(caller: Operator, read_fleet: Annotated[ReadFleet, use(ReadFleet)]) -> Machines:
    """Read the organisation's machines."""
    return Machines(machines=[MachineSeen.of(machine) for machine in read_fleet(caller.organisation)])


@router.post("/machines", status_code=201, response_model=RegisteredMachine)
def register(
    new: NewMachine, caller: Operator, once: OnceByKey, register: Annotated[RegisterMachine, use(RegisterMachine)]
) -> Response:
    """Register a machine. Its API key is in this answer (and in its replay), and nowhere else."""

    def effect() -> RegisteredMachine:
        made = register(caller.organisation, new.name)
        return RegisteredMachine(machine_id=made.machine.id, api_key=made.api_key)

    return once(caller.person, 201, effect)


@router.post("/price-lists", status_code=201, response_model=SignedPrices)
def publish(
    new: NewPriceList, caller: Operator, once: OnceByKey, publish: Annotated[PublishPriceList, use(PublishPriceList)]
) -> Response:
    """Publish a price list: it is signed, machines fetch it, and what they promise by it is paid."""

    def effect() -> SignedPrices:
        signed = publish(
            caller.organisation, new.version, new.points, microseconds(new.valid_from), microseconds(new.valid_until)
        )
        return SignedPrices(
            raw=base64.b64encode(signed.raw).decode(),
            key_id=signed.key_id,
            signature=base64.b64encode(signed.signature).decode(),
        )

    return once(caller.person, 201, effect)


@router.get("/alarms")
def alarms(
    caller: Operator, read_alarms: Annotated[ReadAlarms, use(ReadAlarms)], after: Annotated[After, Query()] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> Alarms:  # fmt: skip
    """Read what a person should look at, the newest first."""
    raised = read_alarms(caller.organisation, int(after) if after else None, limit)
    return Alarms(alarms=[Alarm.of(each) for each in raised], next=next_after([each.number for each in raised], limit))
