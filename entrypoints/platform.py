"""Serve the platform: its store brought up to date, its API, its relay.

    rvm platform                                    until it is stopped
    rvm platform create-operator --email E          the first operator, on the machine that holds the data

Tests and the demo serve it from a thread of their own process, over a real socket, by `serving`.
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import punq
import uvicorn
from starlette.types import ASGIApp

from application.platform.sign_up import SignUp
from application.ports.events import Events
from application.ports.identity import AddressTaken
from domain.people.account import InvalidAddress, Language, UnfitPassword
from domain.people.role import Role
from entrypoints.api.app import create_app
from entrypoints.api.metrics import Metrics
from entrypoints.api.wire import wire
from entrypoints.collector import calm
from entrypoints.container import build_platform, close_platform, resolved
from entrypoints.logs import tell_by
from entrypoints.relay import Relay
from entrypoints.settings import PlatformSettings
from entrypoints.traces import trace

START_WITHIN = 20.0
"""Seconds."""
STOP_WITHIN = 5
"""Seconds for which requests under way and WebSockets may go on while it stops."""
KEEP_ALIVE = 75
"""Seconds for which a connection at rest stays open: longer than a proxy in front keeps it, so that the proxy, which
knows what it is about to send, is the one that closes it."""
LONGEST_WS_MESSAGE = 65_536
"""Bytes; followers say one short word and then listen."""


def serve(settings: PlatformSettings | None = None, say: Callable[[str], None] = print) -> None:
    """Serve until a signal stops it. Says the address once it listens."""
    chosen = settings or PlatformSettings()
    tell_by(chosen.log_format, chosen.log_level)
    # The server ends in good order by itself, then raises the signal again; that must not cut short what comes after.
    before = signal.signal(signal.SIGTERM, _end)
    container = build_platform(chosen)
    end_traces: Callable[[], None] | None = None
    try:
        with _bound(chosen.host, chosen.port) as listening:
            say(f"MyRVM platform on {address_of(listening)}  (data: {chosen.data.resolve()})")
            resolved(container, Events).start()
            resolved(container, Relay).start()
            calm()
            app = create_app(container)
            if chosen.otlp_url:
                end_traces = trace(app, chosen.otlp_url)
            uvicorn.Server(_config(app, chosen.proxies)).run(sockets=[listening])
    finally:
        close_platform(container)
        if end_traces is not None:
            end_traces()
        signal.signal(signal.SIGTERM, before)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


@contextmanager
def serving(
    container: punq.Container, app: ASGIApp | None = None, host: str = "127.0.0.1", port: int = 0,
    listening: socket.socket | None = None,
) -> Iterator[str]:  # fmt: skip
    """Serve an app over a container in a thread of its own, its relay running; yields the address.

    `app` is `create_app(container)`, perhaps with more rooms; the container is closed by whoever built it.
    `listening` is a socket that listens already; it is closed at the end, like one that was opened here.
    """
    with listening or _bound(host, port) as bound:
        proxies = resolved(container, PlatformSettings).proxies
        server = uvicorn.Server(_config(app or create_app(container), proxies))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="platform", daemon=True)
        relay = resolved(container, Relay)
        resolved(container, Events).start()
        relay.start()
        thread.start()
        try:
            _await_start(server, thread)
            yield address_of(bound)
        finally:
            server.should_exit = True
            thread.join(timeout=STOP_WITHIN + START_WITHIN)
            relay.stop()


def create_operator(settings: PlatformSettings, email: str, password: str) -> str:
    """Open an account that runs machines. Returns its person id. Raises InvalidAddress, UnfitPassword, AddressTaken."""
    container = build_platform(settings)
    try:
        return resolved(container, SignUp)(email, password, Language.INDONESIAN, Role.OPERATOR).person
    finally:
        close_platform(container)


def print_operator(email: str, password: str) -> int:
    """Open an operator's account in the platform that the settings name, say its id, and return the exit status."""
    try:
        person = create_operator(PlatformSettings(), email, password)
    except (InvalidAddress, UnfitPassword, AddressTaken) as refused:
        print(refused, file=sys.stderr)
        return 1
    print(person)
    return 0


def address_of(listening: socket.socket) -> str:
    """Return `http://127.0.0.1:8000` for a listening socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if listening.family is socket.AF_INET6 else f"http://{host}:{port}"


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=512)
    try:
        yield listening
    finally:
        listening.close()


def _config(app: ASGIApp, proxies: str) -> uvicorn.Config:
    metrics: Metrics | None = getattr(getattr(app, "state", None), "metrics", None)
    return uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False, proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        ws_max_size=LONGEST_WS_MESSAGE, ws_per_message_deflate=False, timeout_graceful_shutdown=STOP_WITHIN,
        timeout_keep_alive=KEEP_ALIVE, http=wire(metrics.problem if metrics is not None else None),
        lifespan="off",
    )  # fmt: skip


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the platform did not start; its log says why")
        time.sleep(0.005)
