"""A caller that costs next to nothing: a kept connection, requests put together beforehand, answers looked at briefly.

A common HTTP client takes as long in Python as the server does, and on two cores the server lacks what the caller
takes; pgbench is as lean on the other side.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from types import TracebackType

ANSWERS_WITHIN = 60.0
"""Seconds."""


class Refused(RuntimeError):
    """The server answered with something else than 200."""


def post(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return a whole request (RFC 9112)."""
    told = {"Host": "bench", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def get(path: str, headers: Mapping[str, str]) -> bytes:
    """Return a whole request without a body."""
    told = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "bench", **headers}.items())
    return f"GET {path} HTTP/1.1\r\n{told}\r\n".encode("ascii")


class Caller:
    """One connection, on which one request is under way at a time."""

    def __init__(self, host: str, port: int) -> None:
        """Connect."""
        self._wire = socket.create_connection((host, port), ANSWERS_WITHIN)
        self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Caller:  # noqa: PYI034 - Self is newer than our Python
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()

    def ask(self, request: bytes) -> bytes:
        """Send a request and return the body of its answer. Raises Refused."""
        self._wire.sendall(request)
        came = b""
        while (end := came.find(b"\r\n\r\n")) < 0:
            came += self._more()
        head = came[:end].lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(came) < end + 4 + length:
            came += self._more()
        if not head.startswith(b"http/1.1 200"):
            raise Refused(came.decode(errors="replace"))
        return came[end + 4 :]

    def _more(self) -> bytes:
        part = self._wire.recv(65_536)
        if not part:
            raise Refused("the server closed the connection")
        return part
