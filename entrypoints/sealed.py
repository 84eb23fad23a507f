"""Pages that keep to themselves: served to this computer only, loading nothing from elsewhere, embedded nowhere."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

NAMES = ["localhost", "127.0.0.1", "[::1]"]
"""By which such a page may be called: a request that claims another name is not answered."""
SELVES = {"localhost", "127.0.0.1", "::1"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Sealed:
    """ASGI middleware: the headers that keep a page to itself, where an answer does not bring its own."""

    def __init__(self, app: ASGIApp, policy: str = POLICY) -> None:
        """`policy` is the content security policy."""
        self._app = app
        self._headers = HEADERS | {"Content-Security-Policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sealed(message: Any) -> None:
            if message["type"] == "http.response.start":
                known = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in self._headers.items()
                        if name.lower().encode() not in known
                    ),
                ]
            await send(message)

        await self._app(scope, receive, sealed)


def from_elsewhere(websocket: WebSocket) -> bool:
    """Tell whether a page of another site opened this WebSocket."""
    return urlsplit(websocket.headers.get("origin", "http://localhost")).hostname not in SELVES


async def until_gone(websocket: WebSocket) -> None:
    """Return when the other side is gone; what it says is not heard."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass
