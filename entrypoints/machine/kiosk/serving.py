"""A thread of the agent that serves its kiosk. The machine works on without it: what fails here is only said."""

from __future__ import annotations

import logging
import socket
import threading

import uvicorn
from starlette.types import ASGIApp

LONGEST_WORD = 4_096
"""Bytes of what the page may say at once."""
STOP_WITHIN_S = 2
_log = logging.getLogger(__name__)


class KioskServer:
    """Serves one site on 127.0.0.1."""

    def __init__(self, site: ASGIApp, address: str) -> None:
        """`address` is HOST:PORT; port 0 takes a free one. Raises ValueError for one that is none."""
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError(f"RVM_MACHINE_KIOSK is HOST:PORT or empty, not {address!r}")
        self._address = (host, int(port))
        config = uvicorn.Config(
            site, log_config=None, log_level="warning", access_log=False, server_header=False, proxy_headers=False,
            ws_max_size=LONGEST_WORD, ws_per_message_deflate=False, timeout_graceful_shutdown=STOP_WITHIN_S,
            lifespan="off",
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def start(self) -> str | None:
        """Serve from now on; return the address of the page, or None when the port cannot be had."""
        try:
            listening = socket.create_server(self._address, backlog=16)
        except OSError as taken:
            _log.error("the kiosk cannot be served at %s:%d: %s", *self._address, taken)
            return None
        host, port = listening.getsockname()[:2]
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, name="kiosk", daemon=True
        )
        self._thread.start()
        return f"http://{host}:{port}/"

    def stop(self) -> None:
        """Hang up. Harmless when it does not serve."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(STOP_WITHIN_S + 1)
