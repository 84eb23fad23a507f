"""The network between a machine and the platform: a TCP proxy that can be cut.

A cut resets every connection, also in the middle of an answer, and closes the listening socket, so that a new
connection is refused. All proxies live on one thread of their own.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
CHUNK = 64 * 1024
PATIENCE_S = 10.0


class Network:
    """The thread on which proxies live."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._thread.start()

    def proxy(self, target: int) -> "Proxy":
        """A new proxy to a port of this computer, on a free port, connected."""
        return Proxy(self, target)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` on the network's thread and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def close(self) -> None:
        """End the thread. Proxies are closed before. Harmless when done twice."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


class Proxy:
    """One machine's way to the platform."""

    def __init__(self, network: Network, target: int) -> None:
        self._network = network
        self._target = target
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._flows: set[asyncio.Task[None]] = set()
        self.port = 0
        network.do(self._listen())

    @property
    def connected(self) -> bool:
        return self._server is not None

    def cut(self) -> int:
        """Cut the network. Returns how many connections were torn."""
        return self._network.do(self._cut())

    def restore(self) -> None:
        """Mend the network, on the same port. Harmless when it is whole."""
        if not self.connected:
            self._network.do(self._listen())

    def close(self) -> None:
        """Cut for good."""
        if self.connected:
            self.cut()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> int:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        torn = len(self._flows)
        for writer in tuple(self._open):
            with contextlib.suppress(OSError):
                # No lingering: the other side gets a reset, as from a router that forgot the connection.
                connection = writer.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            writer.transport.abort()
        for flow in tuple(self._flows):
            flow.cancel()
        await asyncio.sleep(0)
        return torn

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flow = asyncio.current_task()
        assert flow is not None
        self._flows.add(flow)
        self._open.add(writer)
        inner: asyncio.StreamWriter | None = None
        try:
            answers, inner = await asyncio.open_connection("127.0.0.1", self._target)
            self._open.add(inner)
            await asyncio.gather(_pump(reader, inner), _pump(answers, writer))
        except (OSError, asyncio.CancelledError):
            pass  # cut, or the other side went away: to a client both look the same
        finally:
            for side in (writer, inner):
                if side is not None:
                    self._open.discard(side)
                    side.close()
            self._flows.discard(flow)


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(CHUNK):
        target.write(chunk)
        await target.drain()
    with contextlib.suppress(OSError):
        target.write_eof()
