"""Recording deposits: in process and over HTTP, beside the same rows written by bare sqlite3.

The bound is what SQLite itself needs for the very same writes: every INSERT and UPDATE that recording made is
taken down, transaction by transaction, and replayed by the standard library's sqlite3 (prepared statements,
`executemany`, nothing read, nothing computed) into a database with the same schema, the same durability (write-ahead
log, synchronous=FULL, one sync per batch) and the same checks. Ours also reads, verifies signatures, checks the
chain, judges, and encodes events.

Two shapes: `live` sends each deposit as it happens (its two entries, one batch, one sync), as a machine on line does;
`catching up` sends what piled up, 100 entries at a time.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import punq
import sqlalchemy as sa
from attrs import define, field

from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.open_session import OpenSession
from application.platform.publish_price_list import PublishPriceList
from application.platform.record_deposits import LONGEST_BATCH, Batch, RecordDeposits
from application.platform.register_machine import RegisterMachine
from application.ports.clock import Clock, IdSource
from application.ports.repositories import Organisation
from benchmarks.bare_sqlite import Listening, Replay, Transaction
from benchmarks.row import Beside, Goal, Row, seconds_each
from domain.deposits import journal
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import (
    Body,
    Booted,
    Counters,
    Ending,
    ItemDecided,
    ItemSettled,
    Opener,
    Outcome,
    Picture,
    Promise,
    VisitClosed,
    VisitOpened,
    kind_of,
    written,
)
from domain.deposits.recognition import Box, Material, Recognition
from entrypoints.collector import calm
from entrypoints.container import build_platform, close_platform, resolved
from entrypoints.settings import PlatformSettings

ROUNDS = 5
DEPOSITS = {"live": 48, "catching up": 192}
"""In one round."""
VISIT = 6
"""Deposits of one visit."""
MODEL = "first-light-1+3fa9c1d2"
IN_PROCESS, OVER_HTTP = Goal(at_least=0.5), Goal(at_least=0.2)
START_WITHIN = 30.0


@define
class Machine:
    """A machine that writes true journals for people with true sessions."""

    id: str
    api_key: str
    container: punq.Container
    boot: str
    entries: list[bytes] = field(factory=list)
    seq: int = 0
    prev: str = journal.NO_HASH

    def write(self, body: Body) -> str:
        """Write one entry and return its id."""
        now = resolved(self.container, Clock).now()
        entry = journal.write(
            id=resolved(self.container, IdSource).next(), machine=self.id, epoch=self.boot, seq=self.seq,
            prev=self.prev, mono=now.mono, wall=now.wall, trusted=True, kind=kind_of(body), body=written(body),
        )  # fmt: skip
        self.entries.append(entry.raw)
        self.seq, self.prev = entry.seq + 1, entry.hash
        return entry.id

    def visit(self, person: str, deposits: int) -> None:
        """Write a whole visit."""
        organisation = resolved(self.container, Organisation)
        token = resolved(self.container, OpenSession)(organisation.id, person).token
        visit = self.write(VisitOpened(Opener.SESSION, token, claimed=True, price_list="bench"))
        for number in range(deposits):
            seen = Recognition(
                1, Material.GLASS, 991_204, 998_112, Box(41, 60, 300, 480), Material.GLASS, 930_000, 41_207, MODEL
            )
            picture = Picture(f"{self.seq:064x}", f"{self.seq:016x}")
            item = self.write(
                ItemDecided(visit, Decision(True, Reason.CONTAINER), seen, picture, Promise("bench", 50),
                            Counters(number, 0))
            )  # fmt: skip
            self.write(ItemSettled(item, Outcome.STORED))
        self.write(VisitClosed(visit, Ending.DONE))

    def batches(self, shape: str) -> list[list[bytes]]:
        """Cut what was written since the last call into batches, and begin anew."""
        entries, self.entries = self.entries, []
        size = LONGEST_BATCH if shape == "catching up" else 2
        return [entries[at : at + size] for at in range(0, len(entries), size)]


def rows() -> Sequence[Row]:
    """Measure both shapes, in process and over HTTP."""
    measured = []
    for shape in DEPOSITS:
        measured += [in_process(shape), over_http(shape)]
    return measured


def in_process(shape: str) -> Row:
    """Measure `RecordDeposits` itself."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        container, machine = prepare(data)
        rounds = [work_of(machine, shape, number) for number in range(ROUNDS + 1)]
        writes = writes_of(data, machine, rounds)
        record, clock, sending = resolved(container, RecordDeposits), resolved(container, Clock), iter(rounds)

        def ours() -> None:
            for batch in next(sending):
                record(Batch(machine.id, machine.boot, clock.now(), batch))

        calm()  # as the server does
        try:
            return measure(data, shape, "in process", ours, writes, IN_PROCESS)
        finally:
            close_platform(container)


def over_http(shape: str) -> Row:
    """Measure the platform's own server, a process of its own, by one machine's client that keeps its connection."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        container, machine = prepare(data)
        rounds = [work_of(machine, shape, number) for number in range(ROUNDS + 1)]
        writes = writes_of(data, machine, rounds)
        sending = iter(rounds)
        clock = resolved(container, Clock).now()
        close_platform(container)
        with server(data) as address, httpx.Client(base_url=address, limits=httpx.Limits(keepalive_expiry=2)) as client:

            def ours() -> None:
                for batch in next(sending):
                    answer = client.post(
                        f"/api/v1/machines/{machine.id}/entries",
                        headers={"Authorization": f"Bearer {machine.api_key}"},
                        json={
                            "boot": machine.boot,
                            "sending": {"mono": clock.mono, "wall": clock.wall, "trusted": True},
                            "waiting": 0,
                            "entries": [raw.decode("ascii") for raw in batch],
                        },
                    )
                    answer.raise_for_status()

            return measure(data, shape, "over HTTP", ours, writes, OVER_HTTP)


def measure(
    data: Path, shape: str, way: str, ours: Callable[[], None], writes: list[Transaction], goal: Goal
) -> Row:  # fmt: skip
    """Time ours and the bare replay in turns, round by round."""
    replay = Replay(data / "bare.db", writes, ROUNDS + 1)
    taken = seconds_each({"ours": ours, "bare": replay.round}, rounds=ROUNDS)
    counted = replay.counts()
    count_ours = row_count(data / "platform.db")
    deposits = DEPOSITS[shape]
    size = 2 if shape == "live" else LONGEST_BATCH
    rounds = f"median of {ROUNDS} rounds in turns; visits of {VISIT} deposits"
    bare = "{rows} rows written by {statements} statements in {transactions} transactions".format_map(counted)
    settings = (
        f"{shape}: {deposits} deposits a round in batches of at most {size} entries, {rounds}",
        f"{shape}, {way}: ours {count_ours} rows in the end; bare {bare}, all rounds",
        f"both: SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL, BEGIN IMMEDIATE, foreign keys on, one thread",
    )
    return Row(
        name=f"{shape}, {way}",
        value=deposits / taken["ours"],
        unit="deposits/s",
        beside=Beside("the same rows by bare sqlite3", deposits / taken["bare"]),
        goal=goal,
        settings=settings,
    )


# ---------------------------------------------------------------- preparing


def prepare(data: Path) -> tuple[punq.Container, Machine]:
    """Build a platform with a price list and a machine that has booted."""
    container = build_platform(PlatformSettings(data=data))
    organisation, now = resolved(container, Organisation).id, resolved(container, Clock).now().wall
    resolved(container, PublishPriceList)(organisation, "bench", {Material.GLASS: 50}, now - 10**12, now + 10**13)
    registered = resolved(container, RegisterMachine)(organisation, "Bench")
    machine = Machine(registered.machine.id, registered.api_key, container, resolved(container, IdSource).next())
    machine.write(Booted("bench", MODEL))
    return container, machine


def work_of(machine: Machine, shape: str, number: int) -> list[list[bytes]]:
    """Write the visits of one round and cut them into batches."""
    for visit in range(DEPOSITS[shape] // VISIT):
        machine.visit(f"00000000-0000-4000-8000-{number:06x}{visit:06x}", VISIT)
    return machine.batches(shape)


@contextmanager
def server(data: Path) -> Iterator[str]:
    """Serve the platform in a process of its own; yields the address."""
    settings = {"RVM_PLATFORM_DATA": str(data), "RVM_PLATFORM_PORT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", "from entrypoints.platform import serve; serve()"],
        stdout=subprocess.PIPE, text=True, env={**os.environ, **settings},
    )  # fmt: skip
    watch = threading.Timer(START_WITHIN, process.kill)
    watch.start()
    try:
        line = process.stdout.readline() if process.stdout else ""
        address = next((word for word in line.split() if word.startswith("http")), "")
        if not address:
            raise RuntimeError(f"the platform did not start: {line!r}")
        await_ready(address)
        watch.cancel()
        yield address
    finally:
        watch.cancel()
        process.terminate()
        process.wait(timeout=30)


def await_ready(address: str) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + START_WITHIN
    while True:
        try:
            httpx.get(f"{address}/health/ready").raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def writes_of(data: Path, machine: Machine, rounds: list[list[list[bytes]]]) -> list[Transaction]:
    """Record all rounds on a copy of a platform, and take down every write, by transaction."""
    with tempfile.TemporaryDirectory() as folder:
        twin = Path(folder)
        copy = sqlite3.connect(twin / "platform.db")
        with sqlite3.connect(data / "platform.db") as source:
            source.backup(copy)
        copy.close()
        for name in ("platform-key.pem", "platform-secret"):
            (twin / name).write_bytes((data / name).read_bytes())
            (twin / name).chmod(0o600)
        container = build_platform(PlatformSettings(data=twin))
        record, clock = resolved(container, RecordDeposits), resolved(container, Clock)
        engine = resolved(container, SqlUnitsOfWork).engine
        engine.dispose()
        listening = Listening()
        sa.event.listen(engine, "do_connect", listening.connect)
        for batches in rounds:
            for batch in batches:
                record(Batch(machine.id, machine.boot, clock.now(), batch))
        close_platform(container)
        return listening.transactions


def row_count(file: Path) -> int:
    """Count the rows of the tables that recording fills."""
    tables = ("batches", "entries", "links", "visits", "items", "verdicts", "transactions", "postings", "balances",
              "accounts", "outbox", "cursors")  # fmt: skip
    with sqlite3.connect(file) as connection:
        total = sum(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables)
    connection.close()
    return int(total)
