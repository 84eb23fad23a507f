"""Taking telemetry in, beside `COPY` of the very same rows: PostgreSQL.

Ours is `TakeTelemetry` in process: batches of 100 samples of one machine, checked for repetition, dated, rolled up by
the hour, looked at by the alert rules, one transaction each. The bound is psycopg's COPY of the rows that this left in
`telemetry`, into a table made like it (its partitions, indexes and keys too): by the same batches, a commit each, as
durable as ours; and all at once, which no machine that waits for its answer could be served by.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from adapters.clock.chance import SystemRandom, Uuid7Source
from adapters.sql.engine import open_engine
from adapters.sql.migrate import migrate
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.register_machine import RegisterMachine
from application.platform.take_telemetry import LONGEST_BATCH, TakeTelemetry, TelemetryBatch
from application.ports.clock import Reading
from application.ports.repositories import Organisation
from benchmarks.row import Beside, Goal, Row, least_seconds
from domain.fleet.telemetry import Sample
from entrypoints.parts.postgres import PostgresServer

BATCHES = 40
"""In a round."""
ROUNDS = 5
GOAL = Goal(at_least=0.3)
HOUSE = "00000000-0000-7000-8000-000000000001"
START = 1_800_000_000_000_000
EVERY = 30_000_000
"""Microseconds between two samples."""
_COLUMNS = "organisation_id, machine_id, boot, seq, at, received_at, sample"


class Walking:
    """A clock that goes on by one sample's time at each look."""

    def __init__(self) -> None:
        """Begin."""
        self.wall = START

    def now(self) -> Reading:
        """Return the time."""
        self.wall += EVERY
        return Reading(wall=self.wall, mono=self.wall - START, trusted=True)


def rows() -> Sequence[Row]:
    """Measure."""
    with PostgresServer() as server:
        url = server.create_database("telemetry")
        engine = open_engine(url)
        migrate(engine)
        store, clock, ids = SqlUnitsOfWork(engine), Walking(), Uuid7Source()
        with store() as work:
            work.organisations.add(Organisation(HOUSE, "Bench", 1))
            work.commit()
        machine = RegisterMachine(store, clock, ids, SystemRandom())(HOUSE, "Hall").machine.id
        sending = batches(machine, ids.next(), clock)
        take = TakeTelemetry(store, clock, ids)

        def ours() -> None:
            assert take(next(sending)).stored == LONGEST_BATCH

        for _ in range(BATCHES):
            ours()
        copies = Copies(engine)
        taken = least_seconds({"ours": [ours] * BATCHES, "by batch": copies.batches()}, rounds=ROUNDS)
        taken.update(least_seconds({"at once": [copies.at_once]}, rounds=ROUNDS))
        store.close()
    samples = BATCHES * LONGEST_BATCH
    settings = (
        f"of each batch the quickest of {ROUNDS} rounds counts: whatever else ran can only have added to it",
        f"{samples:,} samples a round in batches of {LONGEST_BATCH}, one machine, in turns batch by batch",
        "both: PostgreSQL, fsync and synchronous_commit on, monthly partitions, same indexes and keys, one connection",
    )
    return [
        Row(
            name="telemetry taken in", value=samples / taken["ours"], unit="samples/s",
            beside=Beside(f"COPY, {how}", samples / taken[how]), goal=goal, settings=settings,
        )
        for how, goal in (("by batch", GOAL), ("at once", None))
    ]  # fmt: skip


def batches(machine: str, boot: str, clock: Walking) -> Iterator[TelemetryBatch]:
    """Return batches of a machine that is well, for ever."""
    seq = 0
    while True:
        samples = []
        for _ in range(LONGEST_BATCH):
            seq += 1
            now = clock.now()
            measures = {"bin_level": 400 + seq % 50, "temperature": 2150 + seq % 90, "humidity": 610, "disk_free": 70}
            words = {"software": "1.0", "model": "first-light-2"}
            samples.append(Sample(boot, seq, now.mono, now.wall, True, measures, True, (), words))
        yield TelemetryBatch(machine, boot, clock.now(), samples)


class Copies:
    """The rows that ours left, copied again and again into a table like theirs."""

    def __init__(self, engine: sa.Engine) -> None:
        """Read them."""
        self._driver: Any = engine.raw_connection()
        run = self._driver.cursor().execute
        run("CREATE TABLE again (LIKE telemetry INCLUDING ALL) PARTITION BY RANGE (received_at)")
        run("CREATE TABLE again_default PARTITION OF again DEFAULT")
        run("ALTER TABLE again ADD FOREIGN KEY (organisation_id) REFERENCES organisations (id)")
        rows = run(f"SELECT {_COLUMNS} FROM telemetry ORDER BY number").fetchall()
        self._rows = [(*row[:-1], json.dumps(row[-1])) for row in rows]
        self._driver.commit()

    def batches(self) -> list[Callable[[], None]]:
        """Return what copies each batch."""
        parts = [self._rows[at : at + LONGEST_BATCH] for at in range(0, len(self._rows), LONGEST_BATCH)]
        return [functools.partial(self._copy, part) for part in parts]

    def at_once(self) -> None:
        """Copy all."""
        self._copy(self._rows)

    def _copy(self, rows: Sequence[tuple[Any, ...]]) -> None:
        with self._driver.cursor().copy(f"COPY again ({_COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self._driver.commit()
