"""The demo's website: the live page, and what a visitor may do in the demo's world.

Everything about people, points and machines is the platform's own API; here are only the page's files, the pictures,
and the deeds that a person does with their hands: hold a code before a camera, insert something, take it back, press
"done". It listens on localhost only, and answers no other site.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
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

from entrypoints.assets import FOLDER as ASSETS
from entrypoints.demo.guest import Deed, GuestProblem
from entrypoints.demo.pictures import kind_of
from entrypoints.demo.stage import Stage
from entrypoints.sealed import NAMES, Sealed, from_elsewhere, until_gone
from simulators.rig.rig import MOST_PICTURE

PAGE = Path(__file__).parent / "page"
WORLD_PAUSE_S = 0.15
"""Between two looks at the world: a page needs no more, and the machines need the computer."""

PROBLEMS = "https://myrvm.org/problems/"


def website(stage: Stage) -> ASGIApp:
    """The site of a demo that runs on this stage."""
    site = Site(stage)
    routes = [
        Route("/", site.page),
        Route("/pictures/{sha256}", site.picture),
        Route("/demo/board", site.board),
        Route("/demo/watcher", site.watcher),
        Route("/demo/proof", site.proof),
        Route("/demo/samples", site.samples),
        Route("/demo/samples/{number:int}", site.sample),
        Route("/demo/metrics", site.metrics),
        Route("/demo/machines/{machine}/{deed}", site.act, methods=["POST"]),
        WebSocketRoute("/demo/world", site.world),
        Mount("/page", StaticFiles(directory=PAGE)),
        Mount("/assets", StaticFiles(directory=ASSETS)),
    ]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=NAMES), Middleware(Sealed)]
    handlers: dict[Any, Callable[[Request, Any], Awaitable[Response]]] = {
        GuestProblem: site.refuse,
        HTTPException: _http_problem,
    }
    return Starlette(routes=routes, middleware=middleware, exception_handlers=handlers)


class Site:
    """The endpoints."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._registry = CollectorRegistry()
        self._refused = Counter(
            "rvm_demo_refused", "What a visitor wanted to do and could not.", ["why"], registry=self._registry
        )

    async def metrics(self, _: Request) -> Response:
        """What this page counts, for Prometheus; the platform counts what is its own at `/metrics`."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    async def refuse(self, _: Request, problem: GuestProblem) -> Response:
        """Say what cannot be done, and count it."""
        self._refused.labels(problem.code).inc()
        return _problem(problem.code, problem.status, str(problem))

    async def page(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def picture(self, request: Request) -> Response:
        """A picture that was inserted, by its SHA-256; it never changes."""
        file = self._stage.album.file(request.path_params["sha256"])
        if file is None:
            raise HTTPException(404, "no such picture was inserted here")
        return FileResponse(
            file, media_type=kind_of(file), headers={"Cache-Control": "public, max-age=86400, immutable"}
        )

    async def board(self, _: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._stage.board.read))

    async def watcher(self, _: Request) -> Response:
        """An access token of the demo's operator: whoever may open this page may watch the fleet."""
        return JSONResponse({"access_token": await run_in_threadpool(self._stage.watcher_token)})

    async def proof(self, _: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._stage.live_proof))

    async def samples(self, _: Request) -> Response:
        return JSONResponse([f"/demo/samples/{number}" for number in range(len(self._stage.samples))])

    async def sample(self, request: Request) -> Response:
        try:
            file = self._stage.samples[request.path_params["number"]]
        except IndexError:
            raise HTTPException(404, "no such sample") from None
        return FileResponse(file, media_type=kind_of(file))

    async def act(self, request: Request) -> Response:
        """A visitor does something before a machine."""
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise HTTPException(403, "only the page itself may do that")
        try:
            deed = Deed(request.path_params["deed"])
        except ValueError:
            raise HTTPException(404, "no such deed") from None
        visitor = request.query_params.get("visitor", "")[:64]
        if not visitor:
            raise HTTPException(400, "who does that?")
        guest = self._stage.guests.get(request.path_params["machine"])
        if guest is None:
            raise HTTPException(404, "no such machine")
        body = await _read(request)
        return JSONResponse(await run_in_threadpool(guest.do, deed, visitor, body))

    async def world(self, websocket: WebSocket) -> None:
        """What can be seen by standing there: power, network, screens. Sent when it changes."""
        if from_elsewhere(websocket):
            await websocket.close(1008)
            return
        await websocket.accept()
        gone = asyncio.create_task(until_gone(websocket))
        told: Any = None
        try:
            while not gone.done():
                machines = self._stage.world()
                if machines != told:
                    await websocket.send_json({"machines": machines})
                    told = machines
                await asyncio.wait({gone}, timeout=WORLD_PAUSE_S)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            gone.cancel()


async def _read(request: Request) -> bytes:
    """The body. Raises GuestProblem as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_PICTURE:
            raise GuestProblem("large", 413, f"a picture has at most {MOST_PICTURE} bytes")
    return bytes(body)


def _problem(code: str, status: int, detail: str) -> Response:
    return JSONResponse(
        {"type": PROBLEMS + code, "title": code, "status": status, "detail": detail},
        status_code=status,
        media_type="application/problem+json",
    )


async def _http_problem(_: Request, problem: HTTPException) -> Response:
    return _problem("other", problem.status_code, str(problem.detail))
