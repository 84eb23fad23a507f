"""Recording deposits: in process and over HTTP, beside the same rows written by bare sqlite3.

The bound is what SQLite itself needs for the very same writes: every INSERT and UPDATE that recording made is
taken down, transaction by transaction, and replayed by the standard library's sqlite3 (prepared statements,
`executemany`, nothing read, nothing computed) into a database with the same schema, the same durability (write-ahead
log, synchronous=FULL, one sync per batch) and the same checks. Ours also reads, verifies signatures, checks the
chain, judges, and encodes events. Over HTTP the server is a process of its own; its caller (`benchmarks/stand/caller`)
keeps its connection and puts its requests together beforehand.

Two shapes: `live` sends each deposit as it happens (its two entries, one batch, one sync), as a machine on line does;
`catching up` sends what piled up, 100 entries at a time.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import punq
import sqlalchemy as sa

from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.record_deposits import LONGEST_BATCH, Batch, RecordDeposits
from application.ports.clock import Clock
from benchmarks.bare_sqlite import Listening, Replay, Transaction
from benchmarks.row import Beside, Goal, Row, seconds_each
from benchmarks.stand.caller import Caller
from benchmarks.stand.machines import Machine, platform_with
from benchmarks.stand.serving import server
from entrypoints.collector import calm
from entrypoints.container import build_platform, close_platform, resolved
from entrypoints.settings import PlatformSettings

ROUNDS = 5
DEPOSITS = {"live": 48, "catching up": 192}
"""In one round."""
VISIT = 6
"""Deposits of one visit."""
IN_PROCESS, OVER_HTTP = Goal(at_least=0.5), Goal(at_least=0.2)


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
        sending = iter([[machine.request(batch) for batch in batches] for batches in rounds])
        close_platform(container)
        with server({"data": str(data)}) as served, Caller(served.host, served.port) as caller:

            def ours() -> None:
                for request in next(sending):
                    caller.ask(request)

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
    container, [machine] = platform_with(PlatformSettings(data=data))
    return container, machine


def work_of(machine: Machine, shape: str, number: int) -> list[list[bytes]]:
    """Write the visits of one round and cut them into batches."""
    for visit in range(DEPOSITS[shape] // VISIT):
        machine.visit(f"00000000-0000-4000-8000-{number:06x}{visit:06x}", VISIT)
    return machine.batches(LONGEST_BATCH if shape == "catching up" else 2)


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
