"""The Idempotency-Key of HTTP: an ordinary header, by which a request that is sent again is done once.

Scoped to the caller and the route. What is answered again carries `Idempotency-Replayed: true`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from attrs import frozen
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from application.platform.answer_once import LONGEST_KEY, AnswerOnce, Reply
from entrypoints.api.problems import Kind, Problem
from entrypoints.api.use import use

KEY_MISSING = Kind("idempotency-key-missing", 400, "This takes an Idempotency-Key")
KEY_UNFIT = Kind("idempotency-key-unfit", 400, "This is no Idempotency-Key")
KEY_REUSED = Kind("idempotency-key-reused", 422, "This Idempotency-Key was used for another body")
IN_FLIGHT = Kind("request-in-flight", 409, "The first request under this key is not answered yet")

_DESCRIPTION = (
    "Your own name for this request, best a UUID. Sent again with the same key, the request is answered as it was the "
    "first time and does nothing more. A key counts for you and this path, for a day."
)
HEADER = "Idempotency-Key"
FORM: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"}
"""Of a key, as the description tells it. What is none is refused under a name of its own, not as an unfit request."""
Key = Annotated[str | None, Header(alias=HEADER, description=_DESCRIPTION)]


@frozen
class Once:
    """Answers one request, once if it has a key."""

    _answer_once: AnswerOnce
    _route: str
    _body: bytes
    _key: str | None

    def __call__(self, caller: str, status: int, effect: Callable[[], BaseModel]) -> Response:
        """Answer with what `effect` returns. Raises KeyUnfit, KeyReused, StillInFlight, and what `effect` raises."""

        def reply() -> Reply:
            return Reply(status, effect().model_dump_json().encode())

        scope = f"{caller} {self._route}"
        done = reply() if self._key is None else self._answer_once(scope, self._key, self._body, reply)
        headers = {"Idempotency-Replayed": "true"} if done.again else {}
        return Response(done.body, done.status, headers, "application/json")


async def optional(request: Request, answer_once: Annotated[AnswerOnce, use(AnswerOnce)], key: Key = None) -> Once:
    return Once(answer_once, f"{request.method} {request.url.path}", await request.body(), key)


async def required(request: Request, answer_once: Annotated[AnswerOnce, use(AnswerOnce)], key: Key = None) -> Once:
    if key is None:
        raise Problem(KEY_MISSING, "send `Idempotency-Key` with a name of your own for this request, best a UUID")
    return Once(answer_once, f"{request.method} {request.url.path}", await request.body(), key)


OnceIfKeyed = Annotated[Once, Depends(optional)]
OnceByKey = Annotated[Once, Depends(required)]
