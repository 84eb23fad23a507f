"""Is it alive, is it ready, and what has it counted. For whoever runs the platform; nothing secret is told."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from application.ports.clock import Clock
from application.ports.events import Events
from application.ports.unit_of_work import UnitOfWorkFactory
from entrypoints.api.access import Anyone
from entrypoints.api.metrics import Metrics
from entrypoints.api.problems import NOT_READY, Problem
from entrypoints.api.readiness import look_at_all
from entrypoints.api.use import parts, use

SECONDS = 1_000_000

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Degraded(BaseModel):
    """A part that is away, and what it is like without it."""

    part: Annotated[str, Field(examples=["objects"])]
    without: Annotated[str, Field(examples=["pictures can neither be sent nor seen; deposits are paid"])]
    why: str


class Ready(BaseModel):
    """The platform can do its work; some parts may be away all the same."""

    status: Literal["ready", "degraded"]
    parts: Annotated[dict[str, Literal["up", "away"]], Field(examples=[{"store": "up", "objects": "away"}])]
    degraded: list[Degraded]


@router.get("/health/live", dependencies=[Anyone])
async def live() -> Alive:
    """Tell that the process answers. If this fails, restart it."""
    return Alive()


@router.get("/health/ready", dependencies=[Anyone])
def ready(request: Request) -> Ready:
    """Tell how each part is, and that the platform can do its work. If this fails, send requests elsewhere.

    A part that it can do without is named under `degraded`, and what is different meanwhile.
    """
    looked = list(look_at_all(parts(request)))
    states: dict[str, Literal["up", "away"]] = {
        each.part.name: "up" if each.trouble is None else "away" for each in looked
    }
    for each in looked:
        if each.trouble is not None and each.part.needed:
            raise Problem(NOT_READY, each.trouble, {"parts": states})
    degraded = [
        Degraded(part=each.part.name, without=each.part.without, why=each.trouble)
        for each in looked
        if each.trouble is not None
    ]
    return Ready(status="degraded" if degraded else "ready", parts=states, degraded=degraded)


@router.get(
    "/metrics", dependencies=[Anyone], response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "All series."}},
)  # fmt: skip
def metrics(
    request: Request, unit_of_work: Annotated[UnitOfWorkFactory, use(UnitOfWorkFactory)],
    clock: Annotated[Clock, use(Clock)], events: Annotated[Events, use(Events)],
) -> Response:  # fmt: skip
    """Give every series, in Prometheus' text format."""
    series: Metrics = request.app.state.metrics
    with unit_of_work(read_only=True) as work:
        oldest = work.outbox.unpublished(1)
        series.jobs(work.jobs.counted())
        series.outbox_waiting.set(work.outbox.waiting())
        series.care.tickets.set(work.care.tickets.unresolved())
    series.degraded.labels("redis").set(events.trouble is not None)
    age = clock.now().wall - oldest[0].at if oldest else 0
    series.outbox_lag.set(max(0, age) / SECONDS)
    return Response(series.text(), media_type=CONTENT_TYPE_LATEST)
