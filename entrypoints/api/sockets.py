"""The WebSockets: a person's session and an operator's fleet, live.

Who connects has ten seconds to say `{"access_token": "...", "version": N}`; the token never stands in an
address, where logs would keep it. Then messages come: `{"version", "type", "data", "at", "aggregate"}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Annotated, Any

from attrs import frozen
from fastapi import APIRouter, Query, WebSocket
from starlette.websockets import WebSocketDisconnect

from application.platform.errors import UnknownSession
from application.platform.follow import FollowFleet, FollowSession, by_publication, by_version
from application.ports.clock import Clock
from application.ports.events import Events
from application.ports.identity import AccessRefused, AccessTokens, Caller
from application.ports.unit_of_work import StoreError
from domain.people.role import NotAllowed, Role, require
from entrypoints.api.live import TRY_AGAIN_LATER, Closing, Feed, Live, close, follow
from entrypoints.api.metrics import Metrics
from entrypoints.api.problems import MALFORMED_REQUEST, NOT_ALLOWED, NOT_FOUND, NOT_READY, NOT_SIGNED_IN
from entrypoints.api.use import Parts, parts

FIRST_WORD_WITHIN = 10.0
"""Seconds."""
LONGEST_FIRST_WORD = 4_000
SECONDS = 1_000_000

router = APIRouter(prefix="/api/v1", tags=["live"])
Version = Annotated[int | None, Query(ge=0, description="The last version that you have; none for a snapshot.")]


@frozen
class _Hello:
    """A follower's first word, and what it proves."""

    caller: Caller
    version: int | None
    until: float
    """Event loop time at which the access token expires."""


@router.websocket("/sessions/{session_id}/live")
async def session_live(websocket: WebSocket, session_id: str, version: Version = None) -> None:
    """Follow one's own session."""

    def feed(made: Parts, hello: _Hello) -> Feed:
        aggregate = f"session:{session_id}"
        use_case = made.get(FollowSession)
        return Feed(
            name="session",
            wanted=lambda event: event.aggregate == aggregate,
            number=by_version,
            begin=lambda have: use_case(session_id, hello.caller.person, have),
        )

    await _live(websocket, "session", version, feed)


@router.websocket("/fleet/live")
async def fleet_live(websocket: WebSocket, version: Version = None) -> None:
    """Follow everything that happens in the organisation."""

    def feed(made: Parts, hello: _Hello) -> Feed:
        require(hello.caller.role, Role.OPERATOR)
        organisation = hello.caller.organisation
        use_case = made.get(FollowFleet)
        return Feed(
            name="fleet",
            wanted=lambda event: event.organisation == organisation,
            number=by_publication,
            begin=lambda have: use_case(organisation, have),
        )

    await _live(websocket, "fleet", version, feed)


async def _live(websocket: WebSocket, name: str, version: int | None, feed_of: Callable[[Parts, _Hello], Feed]) -> None:
    made = parts(websocket)
    metrics: Metrics = websocket.app.state.metrics
    await websocket.accept()
    try:
        try:
            hello = await _hello(websocket, made, version)
            feed = feed_of(made, hello)
            await follow(websocket, feed, hello.version, hello.until, Live(made.get(Events), metrics))
        except AccessRefused as refused:
            raise Closing(4401, NOT_SIGNED_IN, str(refused)) from refused
        except NotAllowed as refused:
            raise Closing(4403, NOT_ALLOWED, str(refused)) from refused
        except UnknownSession as unknown:
            raise Closing(4404, NOT_FOUND, str(unknown)) from unknown
        except StoreError as failed:
            raise Closing(TRY_AGAIN_LATER, NOT_READY, "the store does not answer: come back") from failed
    except Closing as why:
        metrics.dropped(name, why.kind.code)
        await close(websocket, why)
    except WebSocketDisconnect:
        return


async def _hello(websocket: WebSocket, made: Parts, version: int | None) -> _Hello:
    """Hear a follower's first word. Raises Closing, AccessRefused."""
    try:
        message = await asyncio.wait_for(websocket.receive_text(), FIRST_WORD_WITHIN)
    except asyncio.TimeoutError:
        raise Closing(4401, NOT_SIGNED_IN, "nobody said who they are") from None
    except KeyError:
        raise Closing(4400, MALFORMED_REQUEST, "the first word is text") from None
    token, told = _first_word(message)
    now = made.get(Clock).now().wall
    caller = made.get(AccessTokens).read(token, now)
    lasts = (caller.expires_at - now) / SECONDS
    until = asyncio.get_running_loop().time() + lasts
    return _Hello(caller, told if told is not None else version, until)


def _first_word(text: object) -> tuple[str, int | None]:
    wanted = 'the first word is {"access_token": "...", "version": a whole number or nothing}'
    try:
        said: Any = json.loads(text) if isinstance(text, str) and len(text) <= LONGEST_FIRST_WORD else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("access_token"), str):
        raise Closing(4400, MALFORMED_REQUEST, wanted)
    version = said.get("version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int) or not 0 <= version < 2**53):
        raise Closing(4400, MALFORMED_REQUEST, wanted)
    return said["access_token"], version
