"""Objects that the platform serves itself, when they lie in its folder: whoever holds a ticket may send or fetch.

With an S3 server tickets name that server, and nothing here is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated, Any

from attrs import frozen
from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile

from application.ports.objects import FILE_FIELD, Body, ServedObjects
from domain.objects.name import LONGEST_KEY, Bucket
from domain.objects.policy import POLICIES
from entrypoints.api.access import Anyone
from entrypoints.api.problems import UNFIT_REQUEST, Problem
from entrypoints.api.use import use

ADDRESS = "/api/v1/objects"
MOST_UPLOAD = POLICIES[Bucket.IMAGES].largest + (64 << 10)
"""Bytes of a form. Only pictures are sent so; a form is read before its ticket can be, so it is bounded here."""
PIECE = 1 << 16
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The ticket's fields as they are, then the bytes.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["size", "Content-Type", "expires", "signature", FILE_FIELD],
                    "properties": {
                        "size": {"type": "string", "pattern": "^[0-9]{1,20}$"},
                        "Content-Type": {"type": "string"},
                        "expires": {"type": "string", "pattern": "^[0-9]{1,20}$"},
                        "signature": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                        FILE_FIELD: {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}

_TICKET: dict[str, Any] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": True,
            "description": "As it stands in the address that was given.",
            "schema": {"type": "string", "pattern": pattern},
        }
        for name, pattern in (("expires", "^[0-9]{1,20}$"), ("signature", "^[0-9a-f]{64}$"))
    ]
}

router = APIRouter(prefix=ADDRESS, tags=["objects"])
BucketName = Annotated[str, Path(max_length=20, examples=["images"])]
Key = Annotated[str, Path(max_length=LONGEST_KEY, examples=["deposits/a/b/c"])]


@frozen
class Form:
    """A form that came in; its bytes lie in memory or, when they are many, in a file that goes away."""

    fields: dict[str, str]
    file: UploadFile


async def posted(request: Request) -> Any:
    """Read a form. Raises Problem (422) for one without bytes."""
    async with request.form(max_files=1, max_fields=10, max_part_size=8_192) as form:
        file = form.get(FILE_FIELD)
        if not isinstance(file, UploadFile):
            raise Problem(UNFIT_REQUEST, f"send a form with the bytes in the field `{FILE_FIELD}`")
        yield Form({name: value for name, value in form.items() if isinstance(value, str)}, file)


@router.post("/{bucket}/{key:path}", status_code=204, dependencies=[Anyone], openapi_extra=_FORM)
def receive(
    bucket: BucketName, key: Key, form: Annotated[Form, Depends(posted)],
    objects: Annotated[ServedObjects, use(ServedObjects)],
) -> Response:  # fmt: skip
    """Send an object by ticket."""
    objects.receive(bucket, key, form.fields, form.file.file)
    return Response(status_code=204)


@router.get(
    "/{bucket}/{key:path}", dependencies=[Anyone], response_class=Response, openapi_extra=_TICKET,
    responses={200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}, "description": "It."}},
)  # fmt: skip
def give(
    bucket: BucketName, key: Key, request: Request, objects: Annotated[ServedObjects, use(ServedObjects)]
) -> Response:
    """Fetch an object by ticket."""
    stack = ExitStack()
    body = stack.enter_context(objects.give(bucket, key, dict(request.query_params)))
    headers = {"Content-Length": str(body.stored.size), "Content-Security-Policy": "sandbox; default-src 'none'"}
    return StreamingResponse(_pieces(body, stack), 200, headers, body.stored.media_type)


def _pieces(body: Body, stack: ExitStack) -> Iterator[bytes]:
    with stack:
        while piece := body.read(PIECE):
            yield piece
