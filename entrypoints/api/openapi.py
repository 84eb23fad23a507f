"""The API's description (OpenAPI 3.1), completed by what FastAPI does not know: problems, and who may call.

`rvm platform openapi --write docs/openapi.json` writes it; a test checks that the file is current.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from entrypoints.api import idempotency
from entrypoints.api.access import access_of
from entrypoints.api.errors import KINDS
from entrypoints.api.problems import MEDIA_TYPE, TYPE_BASE, Kind
from entrypoints.api.refusals import refusals

PROBLEMS = "x-problems"
"""Names the ends of the types that an answer of this operation and status may have."""

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
    document = _exact(document)
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
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == idempotency.HEADER:
            parameter["schema"] = idempotency.FORM
            parameter["required"] = idempotency.required in {each.call for each in route.dependant.dependencies}
    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    by_status: dict[int, list[Kind]] = defaultdict(list)
    for kind in sorted(refusals(route), key=lambda kind: kind.code):
        by_status[kind.status].append(kind)
    for status, kinds in by_status.items():
        told = responses.setdefault(str(status), {})
        described = "; ".join(f"`{kind.code}`: {kind.title}" for kind in kinds)
        told["description"] = f"{described}. {told['description']}" if told else described
        told["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        told[PROBLEMS] = [kind.code for kind in kinds]


def _exact(value: Any) -> Any:
    """Return it as it is meant: whole bounds as whole numbers (FastAPI writes floats, and so rounds the large), and an
    object whose names have a form without any other name.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        closed = {"additionalProperties": False} if "patternProperties" in value else {}
        return {**closed, **{name: _exact(inner) for name, inner in value.items()}}
    if isinstance(value, list):
        return [_exact(inner) for inner in value]
    return value
