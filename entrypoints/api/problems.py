"""Every error as a problem document (RFC 9457), with a type that never changes.

A typed error of the domain or the application has one line in `TYPED`; what HTTP itself gets wrong (no
such path, a body that is none) has a `Kind` of its own. A program decides by `type`, a person reads
`detail`. What nobody foresaw is a 500 that carries a reference to the log and nothing else.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.ports.unit_of_work import StoreError
from entrypoints.api.metrics import Metrics

TYPE_BASE = "https://myrvm.org/problems/"
MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("myrvm.api")


@frozen
class Kind:
    """One kind of problem. `code` is the end of its type, and the label under which it is counted."""

    code: str
    status: int
    title: str


@frozen
class Problem(Exception):
    """An error that is a problem document already."""

    kind: Kind
    detail: str
    members: Mapping[str, Any] = field(factory=dict)
    """Further members, beside type, title, status and detail."""
    headers: Mapping[str, str] = field(factory=dict)


MALFORMED_REQUEST = Kind("malformed-request", 400, "The request cannot be read")
UNFIT_REQUEST = Kind("unfit-request", 422, "The request is not of this form")
NOT_SIGNED_IN = Kind("not-signed-in", 401, "This takes a valid access token")
UNKNOWN_MACHINE_KEY = Kind("unknown-machine-key", 401, "This takes a valid machine key")
ANOTHER_MACHINE = Kind("another-machine", 403, "A machine speaks for itself only")
NOT_ALLOWED = Kind("not-allowed", 403, "This takes another role")
NOT_FOUND = Kind("not-found", 404, "There is nothing here")
METHOD_NOT_ALLOWED = Kind("method-not-allowed", 405, "This method does nothing here")
BODY_TOO_LARGE = Kind("body-too-large", 413, "The body is too large")
HEAD_TOO_LARGE = Kind("head-too-large", 431, "The request's head is too large")
TOO_MANY_REQUESTS = Kind("too-many-requests", 429, "Too often: come back later")
UNFORESEEN = Kind("unforeseen", 500, "Something went wrong on our side")
NOT_READY = Kind("not-ready", 503, "The platform is not ready")

BY_STATUS = {
    kind.status: kind
    for kind in (MALFORMED_REQUEST, NOT_SIGNED_IN, NOT_ALLOWED, NOT_FOUND, METHOD_NOT_ALLOWED, BODY_TOO_LARGE)
}


def document(kind: Kind, detail: str, members: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a problem document as a mapping."""
    named = {"type": TYPE_BASE + kind.code, "title": kind.title, "status": kind.status, "detail": detail}
    return {**(members or {}), **named}


def answer(
    kind: Kind, detail: str, members: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return a problem document as a response."""
    return JSONResponse(document(kind, detail, members), kind.status, {**_usual(kind), **(headers or {})}, MEDIA_TYPE)


def install(
    app: FastAPI, metrics: Metrics, typed: Mapping[type[Exception], Kind], endpoints: Sequence[APIRoute]
) -> None:
    """Make every error of an app a problem document, counted by its kind."""

    def counted(response: JSONResponse, kind: Kind) -> JSONResponse:
        metrics.problem(kind.code)
        return response

    async def on_problem(_: Request, problem: Exception) -> JSONResponse:
        assert isinstance(problem, Problem)
        return counted(answer(problem.kind, problem.detail, problem.members, problem.headers), problem.kind)

    async def on_typed(_: Request, error: Exception) -> JSONResponse:
        kind = next(typed[ancestor] for ancestor in type(error).__mro__ if ancestor in typed)
        # What a store says of itself (a table's name) is for the log, not for the caller.
        detail = kind.title if isinstance(error, StoreError) else str(error)
        return counted(answer(kind, detail), kind)

    async def on_unfit(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return counted(answer(UNFIT_REQUEST, "see `errors`", {"errors": _errors(error)}), UNFIT_REQUEST)

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        kind = BY_STATUS.get(error.status_code, UNFORESEEN if error.status_code >= 500 else MALFORMED_REQUEST)
        allowed = _allowed(endpoints, request.scope["path"]) if kind is METHOD_NOT_ALLOWED else {}
        return counted(answer(kind, str(error.detail), headers={**(error.headers or {}), **allowed}), kind)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_unfit)
    app.add_exception_handler(HTTPException, on_http)
    for error in typed:
        app.add_exception_handler(error, on_typed)


@frozen
class Unforeseen:
    """ASGI middleware: an error that nobody named becomes a 500 that tells the caller nothing but a reference."""

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            reference = uuid.uuid4().hex
            _log.exception("unforeseen %s on %s %s", reference, scope["method"], scope["path"])
            self.metrics.problem(UNFORESEEN.code)
            if started:  # half an answer is out: only closing the connection tells the truth now
                raise
            await answer(UNFORESEEN, "it was written down", {"reference": reference})(scope, receive, send)


def _allowed(endpoints: Sequence[APIRoute], path: str) -> dict[str, str]:
    """Name every method that does something at a path: a router alone names those of the endpoint it met first."""
    there = [route for route in endpoints if route.path_regex.match(path)]
    return {"Allow": ", ".join(sorted({method for route in there for method in route.methods or ()}))} if there else {}


def _usual(kind: Kind) -> dict[str, str]:
    """Return the headers that HTTP wants beside a status."""
    if kind.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if kind.status == 503 or kind.code == "request-in-flight":
        return {"Retry-After": "1"}
    return {}


def _errors(error: RequestValidationError) -> list[dict[str, Any]]:
    """Say where and what, never the value: it may be a password."""
    return [
        {"at": "/".join(str(step) for step in one["loc"]), "code": one["type"], "detail": one["msg"]}
        for one in error.errors()[:20]
    ]
