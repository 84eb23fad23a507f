"""A name for each request, and the ids it is about, on every line that is written while it is answered."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.logs import logger

REQUEST_ID = "X-Request-Id"
_FIT = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ABOUT = {"machine_id": "machine", "session_id": "session", "item_id": "deposit"}
"""What a path's parameters are called on a line."""
LOG = logger("rvm.api")


class Named:
    """ASGI middleware: gives each request a name (the caller's own, if it is fit), answers with it, and tells of it.

    What was answered well is told at `debug`, refusals at `info`, failures at `error`.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Take what answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hold one WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        name = request_id(Headers(scope=scope).get(REQUEST_ID))
        began, status = time.perf_counter(), 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = name
            await send(message)

        with _bound(name):
            await self._app(scope, receive, named)
            if scope["type"] == "http":
                level = "error" if status >= 500 else "info" if status >= 400 else "debug"
                milliseconds = round((time.perf_counter() - began) * 1_000, 1)
                # The route's pattern: a path from outside may hold anything.
                route = getattr(scope.get("route"), "path", "none")
                getattr(LOG, level)("answered", method=scope["method"], route=route, status=status, ms=milliseconds)


def request_id(given: str | None) -> str:
    """Return the caller's own name for a request if it is fit, otherwise a new one."""
    return given if given is not None and _FIT.fullmatch(given) else uuid.uuid4().hex


async def about(connection: HTTPConnection) -> None:
    """Bind the ids in a path: a dependency of every endpoint."""
    found = {_ABOUT[name]: value for name, value in connection.path_params.items() if name in _ABOUT}
    if found:
        structlog.contextvars.bind_contextvars(**found)


@contextmanager
def _bound(name: str) -> Iterator[None]:
    # What is bound already is the trace, if there is one: each request has a context of its own.
    structlog.contextvars.bind_contextvars(request=name)
    try:
        yield
    finally:
        structlog.contextvars.clear_contextvars()
