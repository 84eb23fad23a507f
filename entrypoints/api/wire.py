"""What comes over a connection before it is a request: bounded, and answered by name like every other error.

The server keeps a request's head in memory until it is whole, however long that takes; here it ends. What is no HTTP at
all is a problem document too.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from entrypoints.api.limits import HEADERS, MOST_HEAD
from entrypoints.api.problems import HEAD_TOO_LARGE, MALFORMED_REQUEST, MEDIA_TYPE, Kind, document


class Wire(HttpToolsProtocol):
    """One connection of HTTP/1.1. `refused` is told the name of what was refused here."""

    _head = 0
    """Bytes that came since the last request was whole, while a head is awaited."""
    _in_body = False

    def refused(self, code: str) -> None:
        """Hear of a refusal."""

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if not self._in_body:
            self._head += len(data)
        super().data_received(data)
        if self._head > MOST_HEAD and not self.transport.is_closing():
            self._refuse(HEAD_TOO_LARGE, f"a request's head has at most {MOST_HEAD} bytes")

    def on_headers_complete(self) -> None:
        """Go on with the body: it has limits of its own."""
        self._head, self._in_body = 0, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next head."""
        self._head, self._in_body = 0, False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, and hang up."""
        self._refuse(MALFORMED_REQUEST, msg)

    def _refuse(self, kind: Kind, detail: str) -> None:
        body = json.dumps(document(kind, detail)).encode()
        told = {**HEADERS, "Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), "Connection": "close"}
        lines = [STATUS_LINE[kind.status], *(f"{name}: {value}\r\n".encode() for name, value in told.items()), b"\r\n"]
        self.transport.write(b"".join(lines) + body)
        self.transport.close()
        self.refused(kind.code)


def wire(refused: Callable[[str], None] | None) -> type[Wire]:
    """Return the connection of a server that tells somebody what it refuses."""
    if refused is None:
        return Wire
    tell = refused

    class Told(Wire):
        def refused(self, code: str) -> None:
            tell(code)

    return Told
