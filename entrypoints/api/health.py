"""Is it alive, is it ready, and what has it counted. For whoever runs the platform; nothing secret is told."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from application.ports.clock import Clock
from application.ports.unit_of_work import StoreError, UnitOfWorkFactory
from entrypoints.api.access import Anyone
from entrypoints.api.metrics import Metrics
from entrypoints.api.problems import NOT_READY, Problem
from entrypoints.api.use import use
from entrypoints.relay import Relay

SECONDS = 1_000_000

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    """The process answers, its store answers, and its relay runs."""

    status: Literal["ready"] = "ready"


@router.get("/health/live", dependencies=[Anyone])
async def live() -> Alive:
    """Tell that the process answers. If this fails, restart it."""
    return Alive()


@router.get("/health/ready", dependencies=[Anyone])
def ready(
    unit_of_work: Annotated[UnitOfWorkFactory, use(UnitOfWorkFactory)], relay: Annotated[Relay, use(Relay)]
) -> Ready:
    """Tell that the platform can do its work. If this fails, send requests elsewhere."""
    try:
        with unit_of_work(read_only=True) as work:
            work.organisations.all()
    except StoreError as error:
        raise Problem(NOT_READY, "the store does not answer") from error
    if not relay.alive:
        raise Problem(NOT_READY, "the relay does not run: nothing live moves")
    return Ready()


@router.get(
    "/metrics", dependencies=[Anyone], response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "All series."}},
)  # fmt: skip
def metrics(
    request: Request, unit_of_work: Annotated[UnitOfWorkFactory, use(UnitOfWorkFactory)],
    clock: Annotated[Clock, use(Clock)],
) -> Response:  # fmt: skip
    """Give every series, in Prometheus' text format."""
    series: Metrics = request.app.state.metrics
    with unit_of_work(read_only=True) as work:
        oldest = work.outbox.unpublished(1)
        series.outbox_waiting.set(work.outbox.waiting())
        series.care.tickets.set(work.care.tickets.unresolved())
    age = clock.now().wall - oldest[0].at if oldest else 0
    series.outbox_lag.set(max(0, age) / SECONDS)
    return Response(series.text(), media_type=CONTENT_TYPE_LATEST)
