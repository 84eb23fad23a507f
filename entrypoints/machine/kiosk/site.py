"""The kiosk's site: the page, the items' pictures, and a WebSocket by which the screen lives.

    <-  {"view": {...}, "machine": {...}}     whenever something changes, the whole of it each time
    ->  {"press": "done"}                     a button of `application.ports.hardware.Button`
    ->  {"pin": "123456"}                     what was entered on the PIN pad
    ->  {"order": "motor_in"}                 an order of `application.ports.service_panel.Order`
    ->  {"guide": "measure"}                  a deed of `application.ports.guide_panel.Deed`
    ->  {"installer": "Sari"}                 who installs the machine
    ->  {"pass_over": "later"}                a reason of `domain.commissioning.guide.Reason`

Only this computer is answered, and only a page of this computer may press.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from application.ports.guide_panel import Begun, Deed, PassedOver, Pressed
from application.ports.hardware import Button
from application.ports.service_panel import Order, Ordered, PinEntered
from domain.commissioning.guide import Reason
from entrypoints.assets import FOLDER as ASSETS
from entrypoints.machine.kiosk.pictures import Pictures
from entrypoints.machine.kiosk.screen import KioskScreen
from entrypoints.sealed import NAMES, POLICY, Sealed, from_elsewhere

LONGEST_PIN = 32
LONGEST_NAME = 60
PAGE = Path(__file__).parent / "page"
# A page of this computer may show the screen beside its own (`rvm machine --simulated` does).
EMBEDDED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors http://localhost:* http://127.0.0.1:*")


def kiosk_site(screen: KioskScreen, pictures: Pictures) -> ASGIApp:
    """Return the site of this screen."""
    site = Site(screen, pictures)
    return Starlette(
        routes=[
            Route("/", site.page),
            Route("/pictures/{sha256}", site.picture),
            WebSocketRoute("/live", site.live),
            Mount("/page", StaticFiles(directory=PAGE)),
            Mount("/assets", StaticFiles(directory=ASSETS)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=NAMES), Middleware(Sealed, policy=EMBEDDED)],
    )


class Site:
    """The endpoints."""

    def __init__(self, screen: KioskScreen, pictures: Pictures) -> None:
        self._screen = screen
        self._pictures = pictures

    async def page(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def picture(self, request: Request) -> Response:
        """The picture of an item that is shown, by the SHA-256 of what the camera gave."""
        kept = self._pictures.find(request.path_params["sha256"])
        if kept is None:
            raise HTTPException(404, "no picture of an item that is shown")
        return Response(kept.jpeg, media_type="image/jpeg")

    async def live(self, websocket: WebSocket) -> None:
        """Show, and hear what is pressed, until one side is gone."""
        if from_elsewhere(websocket):
            await websocket.close(1008)
            return
        await websocket.accept()
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(changed.set)

        end = self._screen.watch(wake)
        showing = asyncio.create_task(self._show(websocket, changed))
        try:
            while True:
                self._hear(await websocket.receive_text())
        except (WebSocketDisconnect, KeyError):
            pass  # gone; KeyError: it sent bytes instead of text
        finally:
            end()
            showing.cancel()

    async def _show(self, websocket: WebSocket, changed: asyncio.Event) -> None:
        while True:
            changed.clear()
            await websocket.send_json(self._screen.now())
            await changed.wait()

    def _hear(self, text: str) -> None:
        """Do what the page asks; what makes no sense changes nothing."""
        try:
            said: Any = json.loads(text)
            if "press" in said:
                self._screen.press(Button(said["press"]))
            elif "order" in said:
                self._screen.say(Ordered(Order(said["order"])))
            elif "guide" in said:
                self._screen.guide(Pressed(Deed(said["guide"])))
            elif "pass_over" in said:
                self._screen.guide(PassedOver(Reason(said["pass_over"])))
            elif "installer" in said:
                self._screen.guide(Begun(str(said["installer"])[:LONGEST_NAME]))
            elif isinstance(pin := said["pin"], str) and len(pin) <= LONGEST_PIN:
                self._screen.say(PinEntered(pin))
        except (ValueError, KeyError, TypeError):
            return
