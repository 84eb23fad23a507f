"""A WebSocket server with nothing behind it but Redis: what is published for a name goes to the socket of that name.

    python -m benchmarks.stand.bare_live REDIS_URL CHANNEL

Says its port on a line. A client's first message is its name; what is published is `NAME TEXT`. This is the least that
Python needs from a message in Redis to a socket: redis-py's asyncio client, and `websockets` as uvicorn uses it.
"""

from __future__ import annotations

import asyncio
import sys

from redis.asyncio import Redis
from websockets.asyncio.server import ServerConnection, serve

MOST_WAITING = 1024


async def main(url: str, channel: str) -> None:
    """Serve until the process is ended."""
    sockets: dict[str, ServerConnection] = {}

    async def follow(socket: ServerConnection) -> None:
        name = str(await socket.recv())
        sockets[name] = socket
        await socket.send("here")
        await socket.wait_closed()

    async with (
        serve(follow, "127.0.0.1", 0, compression=None, backlog=MOST_WAITING) as server,
        Redis.from_url(url).pubsub() as heard,
    ):
        await heard.subscribe(channel)
        await heard.get_message(timeout=None)  # the subscription's own
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        async for message in heard.listen():
            name, _, text = message["data"].decode().partition(" ")
            await sockets[name].send(text)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
