"""The API's description (OpenAPI 3.1), completed by what FastAPI does not know: problems, and who may call.

`rvm platform openapi --write docs/openapi.json` writes it; a test checks that the file is current.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from entrypoints.api.access import Access, access_of
from entrypoints.api.errors import KINDS
from entrypoints.api.problems import MEDIA_TYPE, TYPE_BASE
from entrypoints.api.rates import allowance

ABOUT = """\
The platform of a fleet of reverse vending machines: people's accounts and QR sessions, what machines report, and what
operators see.

Every error is a problem document (RFC 9457): decide by its `type`, which never changes. Times are RFC 3339 in UTC;
numbers that count points are whole. What makes something takes an `Idempotency-Key`.

Two WebSockets go with it: `/api/v1/sessions/{session_id}/live` and `/api/v1/fleet/live` (see the guide).
"""

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "enum": [TYPE_BASE + kind.code for kind in KINDS],
            "examples": [TYPE_BASE + "unknown-session"],
        },
        "title": {"type": "string", "examples": ["There is no such session"]},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "examples": [404]},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "What does not fit, of a body that is not of the form.",
            "items": {
                "type": "object",
                "required": ["at", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("at", "code", "detail")},
            },
        },
    },
}

WHEN = {
    401: "Nobody who may call this",
    403: "Somebody else may call this",
    404: "There is no such thing, or it is somebody else's",
    409: "Not now: see `type`",
    413: "The body is too large",
    422: "The body is not of this form, or its content is refused: see `type`",
    429: "Too often: `Retry-After` says when to come back",
    500: "Something went wrong on our side",
}


def describe(app: FastAPI, endpoints: Sequence[APIRoute]) -> None:
    """Make an app describe itself in full."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(
                get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes), endpoints
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def text(app: FastAPI) -> str:
    """Return an app's description as it stands in docs/openapi.json."""
    return json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _complete(document: dict[str, Any], endpoints: Sequence[APIRoute]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for route in endpoints:
        for method in route.methods or ():
            _complete_operation(document["paths"][route.path_format][method.lower()], route)
    return document


def _complete_operation(operation: dict[str, Any], route: APIRoute) -> None:
    (access,) = access_of(route)
    operation["x-access"] = access.value
    operation["responses"].pop("422", None)
    statuses = _statuses(operation, access)
    if any(dependency.call is allowance for dependency in route.dependant.dependencies):
        statuses |= {429}
    for status in statuses:
        operation["responses"].setdefault(str(status), _problem(WHEN[status]))
    for status, response in operation["responses"].items():
        if status.startswith(("4", "5")):
            response.setdefault("content", _problem("")["content"])
    operation["responses"]["default"] = _problem("Another problem")


def _statuses(operation: dict[str, Any], access: Access) -> set[int]:
    statuses = {500}
    if access is not Access.ANYONE:
        statuses |= {401}
    if access in (Access.OPERATOR, Access.MACHINE):
        statuses |= {403}
    if any(each["in"] == "path" for each in operation.get("parameters", ())):
        statuses |= {404, 422}
    if operation.get("parameters"):
        statuses |= {422}
    if "requestBody" in operation:
        statuses |= {413, 422}
    if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ())):
        statuses |= {409}
    return statuses


def _problem(when: str) -> dict[str, Any]:
    return {"description": when, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
