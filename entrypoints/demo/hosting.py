"""The platform in this process: its container, its API on a socket, its relay, and what the demo needs there."""

import json
import os
import secrets
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import punq
import sqlalchemy as sa
from attrs import asdict, frozen
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.publish_price_list import PublishPriceList
from application.platform.register_machine import RegisterMachine
from application.platform.sign_in import SignIn
from application.platform.sign_up import SignUp
from application.ports.clock import Clock
from application.ports.repositories import Organisation
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.recognition import Material
from domain.people.role import Role
from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.demo.names import machine_name
from entrypoints.platform import serving
from entrypoints.settings import PlatformSettings

PRICES = {Material.GLASS: 60, Material.METAL: 80, Material.PLASTIC: 50}
SECOND = 1_000_000
TEN_YEARS = 3_652 * 24 * 3600 * SECOND
TOKEN_LASTS_S = 600
FLEET_FILE = "demo.json"


@frozen
class Registration:
    """A machine as this demo knows it; the key is kept here because the platform keeps only its hash."""

    id: str
    name: str
    api_key: str


def listen(port: int) -> socket.socket:
    """A socket that takes connections on localhost from now on: on this port, or on a free one if it is taken."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=512)
    except OSError:
        return socket.create_server(("127.0.0.1", 0), backlog=512)


class Platform:
    """The platform of a demo."""

    def __init__(self, data: Path, listening: socket.socket, settings: PlatformSettings | None = None) -> None:
        """Open (or found) what is kept in `data`, or where the settings say."""
        self._data = data
        self._listening = listening
        self.port: int = listening.getsockname()[1]
        """Where the page and the API answer."""
        self.container: punq.Container = build_platform(settings or PlatformSettings(data=data, database_url=""))
        self.organisation: str = self.part(Organisation).id
        self._serving = ExitStack()
        self._watcher: tuple[float, str] | None = None
        self._watcher_lock = threading.Lock()

    def part(self, kind: Any) -> Any:
        """One part of the container."""
        return self.container.resolve(kind)

    # ------------------------------------------------------------ serving

    def serve(self, site: ASGIApp) -> None:
        """Answer from now on, the site having whatever is not the platform's own, and relay what is committed."""
        app = together(create_app(self.container), site)
        self._serving.enter_context(serving(self.container, app, listening=self._listening))

    def port_for(self, number: int) -> int:
        """Where the machine or person with this number calls the API."""
        return self.port

    @property
    def engine(self) -> sa.Engine:
        """The store, for whoever adds it up."""
        return self.part(SqlUnitsOfWork).engine

    @property
    def database_url(self) -> str:
        """The store's address; empty: the file in the data folder."""
        return self.part(PlatformSettings).database_url

    def close(self) -> None:
        """Stop answering and relaying, and close the store. Harmless when done twice."""
        self._serving.close()
        self._listening.close()
        close_platform(self.container)

    # ------------------------------------------------------------ what the demo needs there

    def machines(self, count: int) -> list[Registration]:
        """So many machines: those of an earlier demo in the same folder first, the others registered now."""
        file = self._data / FLEET_FILE
        known = [Registration(**one) for one in json.loads(file.read_text())] if file.is_file() else []
        register: RegisterMachine = self.part(RegisterMachine)
        for number in range(len(known), count):
            made = register(self.organisation, machine_name(number))
            known.append(Registration(made.machine.id, made.machine.name, made.api_key))
        file.touch(mode=0o600)
        os.chmod(file, 0o600)  # noqa: PTH101 (it holds keys, whoever made it)
        file.write_text(json.dumps([asdict(one) for one in known], indent=1))
        return known[:count]

    def publish_prices(self) -> None:
        """See to it that a price list is in force."""
        now = self.part(Clock).now().wall
        with self.part(UnitOfWorkFactory)(read_only=True) as work:
            if work.price_lists.of(self.organisation):
                return
        publish: PublishPriceList = self.part(PublishPriceList)
        publish(self.organisation, "demo-1", PRICES, now - 3600 * SECOND, now + TEN_YEARS)

    def watcher_token(self) -> str:
        """An access token of an operator who may watch the fleet."""
        with self._watcher_lock:
            if self._watcher is None or time.monotonic() - self._watcher[0] > TOKEN_LASTS_S:
                address, password = f"operator-{secrets.token_hex(6)}@demo.example", secrets.token_hex(16)
                self.part(SignUp)(address, password, role=Role.OPERATOR)
                self._watcher = (time.monotonic(), self.part(SignIn)(address, password).access_token)
            return self._watcher[1]


def together(platform: ASGIApp, site: ASGIApp) -> ASGIApp:
    """One port for both: the platform keeps its own paths, the site has the rest."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        ours = scope["type"] != "lifespan" and not path.startswith(("/api/", "/health/", "/metrics"))
        await (site if ours else platform)(scope, receive, send)

    return app
