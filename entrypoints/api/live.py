"""One WebSocket: first what was missed, from the database, then what is published, without a hole between the two.

The laws of the hand-over:
- we subscribe first and read the database second, so what is committed in between comes twice, never not at all;
- what is not newer than the last message sent is dropped, so twice becomes once;
- what is more than one version newer (it was published out of turn) sends us back to the database;
- `Missed` does so too: something may have been lost between the process that published it and this one.

So a feed's versions count up without holes, and an event has its version before anybody hears of it.

A follower that does not keep up is let go, with everything it needs to come back: its last version.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, frozen
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from application.platform.follow import Message
from application.ports.events import Events, Lagging, Missed, Subscription
from application.ports.outbox import Event
from entrypoints.api.metrics import Metrics
from entrypoints.api.problems import NOT_SIGNED_IN, Kind, document
from entrypoints.api.times import rfc3339

SEND_WITHIN = 10.0
"""Seconds for which a message may wait for a slow connection."""
TRY_AGAIN_LATER = 1013
"""RFC 6455's registry: come back and resume."""


@frozen
class Closing(Exception):
    """Why a WebSocket is closed by us: a code, and the problem that is told before."""

    code: int
    kind: Kind
    detail: str


TOO_SLOW = Kind("too-slow", 503, "The connection does not keep up: come back with your last version")


@frozen
class Feed:
    """What one follower follows."""

    name: str
    wanted: Callable[[Event], bool]
    number: Callable[[Event], Message]
    begin: Callable[[int | None], Sequence[Message]]
    """Blocking: what to send to somebody who has this version."""


async def follow(websocket: WebSocket, feed: Feed, version: int | None, until: float, live: Live) -> None:
    """Send a feed to an accepted WebSocket until it goes, falls behind, or `until` (event loop time)."""
    loop, wake = asyncio.get_running_loop(), asyncio.Event()

    def notify() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to wake
            loop.call_soon_threadsafe(wake.set)

    subscription = live.events.subscribe(feed.wanted, notify)
    gone = asyncio.create_task(_gone(websocket))
    live.metrics.live(feed.name, 1)
    try:
        follower = _Follower(websocket, feed, subscription)
        await follower.begin(version)
        while True:
            await follower.drain()
            if not await _wait(wake, gone, until - loop.time()):
                return
    finally:
        live.metrics.live(feed.name, -1)
        subscription.close()
        gone.cancel()


@frozen
class Live:
    """What all WebSockets of an app share."""

    events: Events
    metrics: Metrics


@define
class _Follower:
    """Follows a feed: what comes is sent, and a hole is filled from the database."""

    websocket: WebSocket
    feed: Feed
    subscription: Subscription
    last: int = 0

    async def begin(self, version: int | None) -> None:
        """Send what somebody with this version missed."""
        self.last = version or 0
        await self._send_all(await run_in_threadpool(self.feed.begin, version))

    async def drain(self) -> None:
        """Send all that is queued now."""
        while True:
            try:
                event = self.subscription.next(0)
            except Lagging:
                raise _too_slow("messages came faster than they were taken") from None
            except Missed:
                await self.begin(self.last)
                continue
            if event is None:
                return
            message = self.feed.number(event)
            if message.version > self.last + 1:
                await self.begin(self.last)
            elif message.version > self.last:
                await self._send_all([message])

    async def _send_all(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await _send(self.websocket, message)
            self.last = message.version


async def _wait(wake: asyncio.Event, gone: asyncio.Task[None], lasts: float) -> bool:
    """Wait for something to send. False when the other side has gone. Raises Closing when the time is up."""
    woken = asyncio.create_task(wake.wait())
    try:
        done, _ = await asyncio.wait({woken, gone}, timeout=max(0.0, lasts), return_when=asyncio.FIRST_COMPLETED)
    finally:
        woken.cancel()
    if gone in done:
        return False
    if not done:
        raise Closing(4401, NOT_SIGNED_IN, "the access token has expired: come back with a new one")
    wake.clear()
    return True


async def _gone(websocket: WebSocket) -> None:
    """Return once the other side has gone. What it says meanwhile is not listened to."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass


async def _send(websocket: WebSocket, message: Message) -> None:
    text = json.dumps(
        {
            "version": message.version,
            "type": message.type,
            "data": message.data,
            "at": rfc3339(message.at),
            "aggregate": message.aggregate,
        },
        separators=(",", ":"),
    )
    try:
        await asyncio.wait_for(websocket.send_text(text), SEND_WITHIN)
    except asyncio.TimeoutError:
        raise _too_slow("a message waited too long to be taken") from None


def _too_slow(why: str) -> Closing:
    return Closing(TRY_AGAIN_LATER, TOO_SLOW, why)


async def close(websocket: WebSocket, why: Closing) -> None:
    """Tell a follower why and close, without waiting long for one that does not listen."""
    if websocket.application_state is not WebSocketState.CONNECTED:
        return
    last_word: dict[str, Any] = {"version": None, "type": "problem", "data": document(why.kind, why.detail)}
    with contextlib.suppress(Exception):
        await asyncio.wait_for(websocket.send_text(json.dumps(last_word)), 1.0)
    with contextlib.suppress(Exception):
        await asyncio.wait_for(websocket.close(why.code, why.kind.code), 1.0)
