"""How much may come in, and the headers that go out with every answer."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import HTTPException
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.api.metrics import Metrics
from entrypoints.api.problems import BODY_TOO_LARGE, HEAD_TOO_LARGE, answer

MOST_BODY = 1 << 20
"""Bytes of a request's body."""
MOST_HEAD = 1 << 16
"""Bytes of its address and headers; of one that is not whole yet, the connection keeps no more."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""What an answer carries unless its route says otherwise: JSON for one caller, to be run, framed and kept by nobody."""


class HeadLimit:
    """ASGI middleware: refuses a request whose headers are too large, before anybody reads them."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or sum(len(name) + len(value) for name, value in scope["headers"]) <= MOST_HEAD:
            await self._app(scope, receive, send)
            return
        self._metrics.problem(HEAD_TOO_LARGE.code)
        detail = f"a request's head has at most {MOST_HEAD} bytes"
        await answer(HEAD_TOO_LARGE, detail, headers={"Connection": "close"})(scope, receive, send)


class BodyLimit:
    """ASGI middleware: refuses a body that is too large, announced or not, without keeping it.

    An announced length is refused before a byte is read. A body in chunks is counted while it is read, and
    the reader is stopped at the limit. The connection is then closed: what is still on its way is not read.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, most: int = MOST_BODY, larger: Mapping[str, int] | None = None
    ) -> None:
        """Take the limit, and the paths (their beginnings) that have one of their own."""
        self._app = app
        self._metrics = metrics
        self._most = most
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most_of(scope["path"])
        if self._announced(scope) > most:
            await self._refuse(most, scope, receive, send)
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                # An HTTPException: whoever is reading the body lets it through to where problems are answered.
                raise HTTPException(BODY_TOO_LARGE.status, self._detail(most), {"Connection": "close"})
            return message

        await self._app(scope, counted, send)

    def _most_of(self, path: str) -> int:
        return next((most for start, most in self._larger.items() if path.startswith(f"{start}/")), self._most)

    @staticmethod
    def _detail(most: int) -> str:
        return f"a body has at most {most} bytes"

    @staticmethod
    def _announced(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length":
                return int(value) if value.isdigit() else 0
        return 0

    async def _refuse(self, most: int, scope: Scope, receive: Receive, send: Send) -> None:
        self._metrics.problem(BODY_TOO_LARGE.code)
        refusal = answer(BODY_TOO_LARGE, self._detail(most), headers={"Connection": "close"})
        await refusal(scope, receive, send)


class SafeHeaders:
    """ASGI middleware: adds `HEADERS` where a route has not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, dressed)
