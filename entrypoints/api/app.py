"""The app: rooms, the walls around them, and the document that describes both."""

from __future__ import annotations

import punq
from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from entrypoints.api import (
    accounts,
    care,
    deposits,
    fleet,
    health,
    jobs,
    machines,
    objects,
    pictures,
    provisioning,
    sessions,
    sockets,
    telemetry,
)
from entrypoints.api.errors import TYPED
from entrypoints.api.known_keys import KnownKeys
from entrypoints.api.limits import BodyLimit, HeadLimit, SafeHeaders
from entrypoints.api.metrics import Measured, Metrics
from entrypoints.api.openapi import describe, text
from entrypoints.api.problems import Unforeseen, install
from entrypoints.api.requests import Named, about
from entrypoints.api.use import Parts

ROOMS = (
    machines, telemetry, sessions, deposits, accounts, fleet, care, provisioning, pictures, objects, jobs, health,
    sockets,
)  # fmt: skip
"""A request is offered to one after the other, so those who call most come first."""


def create_app(container: punq.Container) -> FastAPI:
    """Make the app over what a container makes: use cases, ports, the store."""
    app = FastAPI(
        title="MyRVM platform", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json",
        redirect_slashes=False, dependencies=[Depends(about)],
    )  # fmt: skip
    metrics = Metrics()
    app.state.parts = Parts(container)
    app.state.metrics = metrics
    app.state.known_keys = KnownKeys()
    for room in ROOMS:
        app.include_router(room.router)
    install(app, metrics, TYPED, endpoints())
    # The last one added stands outermost.
    app.add_middleware(Unforeseen, metrics=metrics)
    app.add_middleware(BodyLimit, metrics=metrics, larger={objects.ADDRESS: objects.MOST_UPLOAD})
    app.add_middleware(HeadLimit, metrics=metrics)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(Named)
    describe(app, endpoints())
    return app


def description() -> str:
    """Return the API's description: the same whatever stands behind it, so nothing does."""
    return text(create_app(punq.Container()))


def endpoints() -> list[APIRoute]:
    """Return every endpoint of the API (the WebSockets aside)."""
    return [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
