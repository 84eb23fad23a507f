"""The page around the kiosk: the kiosk in a frame, and the hands, clearly apart from it. This computer only."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from application.ports.vision import BrokenPicture
from entrypoints.assets import FOLDER as ASSETS
from entrypoints.machine.play.hands import BoltHolds, Hands, NotPossible
from entrypoints.sealed import NAMES, POLICY, Sealed, from_elsewhere, until_gone
from simulators.rig.line import LineDown, Refusal
from simulators.served.touch import MOST_PICTURE

PAGE = Path(__file__).parent / "page"
PAUSE_S = 0.25
"""Between two looks at the world."""


class Site:
    """The endpoints. The hands are there once the machine is: until then the page waits."""

    def __init__(self, kiosk: str, pin: str) -> None:
        """`kiosk` is the address of the kiosk's page, `pin` opens its maintenance menu."""
        self._kiosk = kiosk
        self._pin = pin
        self.hands: Hands | None = None

    def app(self) -> ASGIApp:
        """Return the site."""
        policy = f"{POLICY}; frame-src {self._kiosk}"
        return Starlette(
            routes=[
                Route("/", self.page),
                Route("/hands", self.about),
                Route("/hands/samples/{number}", self.sample),
                Route("/hands/{deed}", self.act, methods=["POST"]),
                WebSocketRoute("/hands/world", self.world),
                Mount("/page", StaticFiles(directory=PAGE)),
                Mount("/assets", StaticFiles(directory=ASSETS)),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=NAMES), Middleware(Sealed, policy=policy)],
            exception_handlers={HTTPException: _problem},
        )

    async def page(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def about(self, _: Request) -> Response:
        return JSONResponse({"kiosk": self._kiosk, "pin": self._pin, "ready": self.hands is not None})

    async def sample(self, request: Request) -> Response:
        try:
            return FileResponse(self._ready().sample(request.path_params["number"]))
        except NotPossible as odd:
            raise HTTPException(404, str(odd)) from odd

    async def act(self, request: Request) -> Response:
        """Do something with the hands."""
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise HTTPException(403, "only the page itself may do that")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_PICTURE:
                raise HTTPException(413, f"a picture has at most {MOST_PICTURE} bytes")
        deed, what = request.path_params["deed"], request.query_params.get("what", "")
        try:
            await run_in_threadpool(self._ready().do, deed, what, bytes(body))
        except NotPossible as odd:
            raise HTTPException(404, str(odd)) from odd
        except BrokenPicture as broken:
            raise HTTPException(422, str(broken)) from broken
        except Refusal as refused:
            raise HTTPException(409, refused.name) from refused
        except BoltHolds as holds:
            raise HTTPException(409, type(holds).__name__) from holds
        except LineDown as down:
            raise HTTPException(503, str(down)) from down
        return JSONResponse({})

    async def world(self, websocket: WebSocket) -> None:
        """What can be seen by standing there. Sent when it changes."""
        if from_elsewhere(websocket):
            await websocket.close(1008)
            return
        await websocket.accept()
        gone = asyncio.create_task(until_gone(websocket))
        told = None
        try:
            while not gone.done():
                now = await run_in_threadpool(self.hands.world) if self.hands else None
                if now != told and now is not None:
                    told = now
                    await websocket.send_json(now)
                await asyncio.sleep(PAUSE_S)
        except (WebSocketDisconnect, RuntimeError, LineDown, Refusal):
            pass  # gone, or going
        finally:
            gone.cancel()

    def _ready(self) -> Hands:
        if self.hands is None:
            raise HTTPException(503, "the machine is not up yet")
        return self.hands


async def _problem(_: Request, problem: Exception) -> Response:
    status, why = (problem.status_code, problem.detail) if isinstance(problem, HTTPException) else (500, "")
    return JSONResponse({"why": why}, status_code=status)
