"""One address before several platform processes: each request goes to the next of them, WebSockets too.

As little of a reverse proxy as the demo's page needs, which wants page and API under one name; a deployment has Caddy
or an ingress there. A process that does not take the connection is passed over.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

ANSWER_S = 30.0
CONNECT_S = 2.0
_OWN = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"host"}
"""Headers of one connection, not of the message."""


class Front:
    """The ASGI app."""

    def __init__(self, ports: Sequence[int]) -> None:
        """Take the ports of the processes, all on this computer."""
        self._ports = ports
        self._turn = itertools.count()
        self._client: httpx.AsyncClient | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or carry one WebSocket."""
        if scope["type"] == "http":
            await (await self._answer(Request(scope, receive)))(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._carry(WebSocket(scope, receive, send))

    def _next(self) -> list[int]:
        """The ports, beginning with the one whose turn it is."""
        start = next(self._turn) % len(self._ports)
        return [*self._ports[start:], *self._ports[:start]]

    async def _answer(self, request: Request) -> ASGIApp:
        if self._client is None:  # on the loop that it is used on
            self._client = httpx.AsyncClient(timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), trust_env=False)
        headers = [(name, value) for name, value in request.headers.raw if name.lower() not in _OWN]
        body = await request.body()
        for port in self._next():
            address = httpx.URL(
                scheme="http", host="127.0.0.1", port=port, path=request.url.path, query=request.url.query.encode()
            )
            asked = self._client.build_request(request.method, address, headers=headers, content=body)
            try:
                answered = await self._client.send(asked, stream=True)
            except httpx.ConnectError:
                continue
            except httpx.HTTPError:
                break
            told = StreamingResponse(_pieces(answered), answered.status_code)
            told.raw_headers = [
                (name.lower(), value) for name, value in answered.headers.raw if name.lower() not in _OWN
            ]
            return told
        return JSONResponse({"title": "no platform process answers", "status": 502}, 502)

    async def _carry(self, websocket: WebSocket) -> None:
        query = websocket.url.query
        for port in self._next():
            address = f"ws://127.0.0.1:{port}{websocket.url.path}{'?' if query else ''}{query}"
            try:
                inner = await connect(address, open_timeout=CONNECT_S, compression=None)
            except (OSError, TimeoutError, InvalidHandshake):
                continue
            async with inner:
                await websocket.accept()
                await _both_ways(websocket, inner)
            return
        await websocket.close(1013)


async def _pieces(answered: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answered.aiter_raw():
            yield piece
    finally:
        await answered.aclose()


async def _both_ways(outer: WebSocket, inner: ClientConnection) -> None:
    """Carry messages until one side goes."""

    async def inwards() -> None:
        with contextlib.suppress(WebSocketDisconnect, ConnectionClosed, RuntimeError):
            while True:
                await inner.send(await outer.receive_text())

    async def outwards() -> None:
        with contextlib.suppress(WebSocketDisconnect, ConnectionClosed, RuntimeError):
            async for message in inner:
                await outer.send_text(message if isinstance(message, str) else message.decode())
            await outer.close(inner.close_code or 1000, inner.close_reason or "")

    carrying = [asyncio.create_task(inwards()), asyncio.create_task(outwards())]
    try:
        await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in carrying:
            task.cancel()
