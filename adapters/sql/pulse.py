"""Whether a PostgreSQL server lives, asked before anybody signs in: so one that stands still is told from a slow one.

A server that is suspended, or whose disk hangs, keeps its connections open, takes new ones, and never answers. No
timeout of TCP sees that, since the kernel acknowledges what comes, and a bound on statements would cut those that wait
for a lock. But any server (and PgBouncer too) answers an SSLRequest with one byte, at once
(PostgreSQL's documentation, "Message Flow", SSL Session Encryption).
"""

from __future__ import annotations

import socket
import struct
import threading
import time

BEATS_WITHIN = 0.75
"""Seconds for that byte; it takes a server some milliseconds."""
FRESH = 0.3
"""Seconds for which an answer counts for everybody who asks."""
REST = 1.0
"""Seconds for which a server that took the connection and did not answer is left alone."""
_SSL_REQUEST = struct.pack("!ii", 8, 80_877_103)


class Pulse:
    """The pulse of one server, shared by all connections to it."""

    def __init__(self) -> None:
        """Believe that it lives until it is asked."""
        self.lives = True
        """What the last answer was."""
        self._at = float("-inf")
        self._rest = 0.0
        self._asking = threading.Lock()

    def beats(self, host: str, port: int, fresh: float = FRESH) -> bool:
        """Tell whether the server lives, having asked it; a yes of so many seconds ago will do, 0: none will."""
        with self._asking:
            began = time.monotonic()
            if began - self._at >= (fresh if self.lives else self._rest):
                self.lives = answers(host, port)
                self._at = time.monotonic()
                # Who is refused at once may ask again at once.
                self._rest = REST if self._at - began > FRESH else 0.0
            return self.lives


def answers(host: str, port: int) -> bool:
    """Ask a server, at an address or in the folder of its socket."""
    end = time.monotonic() + BEATS_WITHIN
    try:
        with _connected(host, port) as wire:
            wire.settimeout(max(0.01, end - time.monotonic()))
            wire.sendall(_SSL_REQUEST)
            return len(wire.recv(1)) == 1
    except OSError:
        return False


def _connected(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), BEATS_WITHIN)
    wire = socket.socket(socket.AF_UNIX)
    try:
        wire.settimeout(BEATS_WITHIN)
        wire.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        wire.close()
        raise
    return wire
