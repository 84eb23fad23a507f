"""From a deposit's commit to the message on a WebSocket, with 500 sockets, beside bare Redis pub/sub and websockets.

500 people follow a session each (RVM_BENCH_SOCKETS), half of them at the platform process that does not record; a
machine records a visit with one deposit for each, one after the other, at a steady pace. The time runs from
PostgreSQL's own commit timestamp of the transaction that paid (`track_commit_timestamp`) to the moment at which the
message `item.settled` has come out of the socket, here: same computer, same clock. In between are the relay's waking,
its numbering and publishing, Redis, and the process that holds the socket.

Beside it, in turns and at the same pace, the same text goes by PUBLISH to a process that does nothing but pass it on
(`benchmarks/stand/bare_live`), with as many sockets. It commits nothing: a relay that survives a crash, publication
numbers, and gathering what comes within 30 ms to mark it by one commit are what ours costs more.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from statistics import quantiles

import psycopg
import redis
from attrs import define, field
from websockets.asyncio.client import ClientConnection, connect

from application.platform.open_session import OpenSession
from application.ports.clock import Clock
from application.ports.identity import AccessTokens
from application.ports.identity import Caller as Whom
from application.ports.repositories import Organisation
from benchmarks.row import Beside, Row
from benchmarks.stand.caller import Caller
from benchmarks.stand.machines import Machine, platform_with
from benchmarks.stand.serving import Served, server
from domain.deposits.bodies import Ending, Opener, VisitClosed, VisitOpened
from domain.people.role import Role
from entrypoints.container import close_platform, resolved
from entrypoints.parts.postgres import PostgresServer
from entrypoints.parts.redis import RedisServer
from entrypoints.settings import PlatformSettings

SOCKETS = int(os.environ.get("RVM_BENCH_SOCKETS", "500"))
WORKERS = 2
PACE = 0.04
"""Seconds from one deposit to the next."""
TURNS = 5
WAITS = 60.0
CHANNEL = "bench:bare"
HOUR = 3_600_000_000


@define
class Follower:
    """One socket, and when what came out of it."""

    session: str
    version: int = 0
    came: float = 0.0
    text: str = ""
    settled: asyncio.Event = field(factory=asyncio.Event)

    async def listen(self, socket: ClientConnection) -> None:
        """Note when the deposit's message comes."""
        async for text in socket:
            now = time.time()
            if '"type":"item.settled"' in str(text):
                self.came, self.text, self.version = now, str(text), json.loads(text)["version"]
                self.settled.set()


def rows() -> Sequence[Row]:
    """Measure."""
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer(settings={"track_commit_timestamp": "on"}))
        queue = stack.enter_context(RedisServer())
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rvm-bench-")))
        settings = {"data": str(data), "database_url": postgres.create_database("live"), "redis_url": queue.url}
        container, [machine] = platform_with(PlatformSettings(**{**settings, "relay": "false"}))
        stack.callback(close_platform, container)
        served = [stack.enter_context(server({**settings, "log_level": "warning"})) for _ in range(WORKERS)]
        ours, bare = asyncio.run(_measured(machine, served, queue.url, settings["database_url"]))
    return [_row(name, at, ours, bare) for name, at in (("median", 50), ("p95", 95), ("p99", 99))]


def _row(name: str, percent: int, ours: list[float], bare: list[float]) -> Row:
    mine, theirs = (1000 * quantiles(times, n=100)[percent - 1] for times in (ours, bare))
    told = (
        f"{SOCKETS} sockets on each side, {WORKERS} processes that relay; a deposit every {PACE * 1000:.0f} ms",
        f"{len(ours)} deposits and {len(bare)} bare messages of the same text, in {TURNS} turns",
        f"the slowest: {1000 * max(ours):.0f} ms and {1000 * max(bare):.0f} ms; PostgreSQL with fsync, Valkey",
    )
    return Row(f"commit to message, {name}", mine, "ms", Beside("Redis pub/sub and websockets", theirs), None, told)


async def _measured(
    machine: Machine, served: Sequence[Served], redis_url: str, database: str
) -> tuple[list[float], list[float]]:
    """Return seconds of each deposit, and of each bare message."""
    async with AsyncExitStack() as stack:
        loop = asyncio.get_running_loop()
        followers, visits = [], []
        for number in range(SOCKETS):
            follower, socket, token = await _following(machine, served[number % WORKERS], number)
            stack.push_async_callback(socket.close)
            stack.callback(asyncio.create_task(follower.listen(socket)).cancel)
            followers.append(follower)
            visits.append(_visit(machine, token))
        bare = Bare(redis_url)
        stack.callback(bare.close)
        await bare.follow(stack, followers)
        with Caller(served[0].host, served[0].port) as caller:
            for turn in range(TURNS):
                mine = range(turn * SOCKETS // TURNS, (turn + 1) * SOCKETS // TURNS)
                await loop.run_in_executor(None, _paced, [lambda at=at: caller.ask(visits[at]) for at in mine])
                await asyncio.wait_for(asyncio.gather(*(followers[at].settled.wait() for at in mine)), WAITS)
                await loop.run_in_executor(None, _paced, [lambda at=at: bare.tell(followers[at]) for at in mine])
                await bare.all_came([followers[at].session for at in mine])
        committed = _commits(database)
        deposits = [each.came - committed[f"session:{each.session}", each.version] for each in followers]
        return deposits, bare.seconds()


async def _following(machine: Machine, served: Served, number: int) -> tuple[Follower, ClientConnection, str]:
    """Open a session and its socket; returns once the first message (the snapshot) is there."""
    container = machine.container
    organisation, person = resolved(container, Organisation).id, f"00000000-0000-4000-8000-{number:012x}"
    opened = resolved(container, OpenSession)(organisation, person)
    until = resolved(container, Clock).now().wall + HOUR
    access = resolved(container, AccessTokens).write(Whom(person, organisation, Role.USER, "bench", until))
    session = opened.session.id
    socket = await connect(
        f"ws://{served.host}:{served.port}/api/v1/sessions/{session}/live", compression=None, open_timeout=WAITS,
        ping_interval=None,
    )  # fmt: skip
    await socket.send(json.dumps({"access_token": access}))
    await asyncio.wait_for(socket.recv(), WAITS)
    return Follower(session), socket, opened.token


def _visit(machine: Machine, token: str) -> bytes:
    """Write a visit with one deposit; returns the request that sends it."""
    visit = machine.write(VisitOpened(Opener.SESSION, token, claimed=True, price_list="bench"))
    machine.deposit(visit, 0)
    machine.write(VisitClosed(visit, Ending.DONE))
    [batch] = machine.batches()
    return machine.request(batch)


def _paced(calls: Sequence[Callable[[], object]]) -> None:
    """Make calls at a steady pace; one that is late is made at once."""
    due = time.monotonic()
    for call in calls:
        time.sleep(max(0.0, due - time.monotonic()))
        call()
        due += PACE


def _commits(database: str) -> dict[tuple[str, int], float]:
    """Return when each event was committed, seconds since 1970, by aggregate and version."""
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        found = connection.execute(
            # A row that was marked as published is a new version of it; who paid is the transaction of its verdicts.
            "SELECT aggregate, version, extract(epoch FROM pg_xact_commit_timestamp(paid.xmin))::float8 FROM outbox"
            " JOIN postings AS paid ON paid.transaction_id ="
            " (SELECT id FROM transactions WHERE transactions.at = outbox.at LIMIT 1)"
            " WHERE type = 'item.settled' AND aggregate LIKE 'session:%' AND paid.amount > 0"
        )
        return {(aggregate, version): at for aggregate, version, at in found}


class Bare:
    """The other side: a process, its sockets, and who publishes."""

    def __init__(self, redis_url: str) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.stand.bare_live", redis_url, CHANNEL], stdout=subprocess.PIPE, text=True
        )
        self._port = int(self._process.stdout.readline()) if self._process.stdout else 0
        self._redis = redis.Redis.from_url(redis_url)
        self._said: dict[str, float] = {}
        self._came: dict[str, float] = {}
        self._news = asyncio.Event()

    async def follow(self, stack: AsyncExitStack, followers: Sequence[Follower]) -> None:
        """Open a socket for each session."""
        for follower in followers:
            socket = await connect(f"ws://127.0.0.1:{self._port}", compression=None, ping_interval=None)
            stack.push_async_callback(socket.close)
            await socket.send(follower.session)
            await socket.recv()
            stack.callback(asyncio.create_task(self._listen(follower.session, socket)).cancel)

    async def _listen(self, session: str, socket: ClientConnection) -> None:
        async for _ in socket:
            self._came[session] = time.time()
            self._news.set()

    def tell(self, follower: Follower) -> None:
        """Publish what the follower heard of its deposit."""
        text = f"{follower.session} {follower.text}"
        self._said[follower.session] = time.time()
        self._redis.publish(CHANNEL, text)

    async def all_came(self, sessions: Sequence[str]) -> None:
        """Wait until these have heard."""
        while any(session not in self._came for session in sessions):
            await asyncio.wait_for(self._news.wait(), WAITS)
            self._news.clear()

    def seconds(self) -> list[float]:
        """Return how long each message took."""
        return [came - self._said[session] for session, came in self._came.items()]

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=30)
        self._redis.close()
