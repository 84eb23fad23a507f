"""Recording deposits over HTTP on PostgreSQL, beside pgbench running the same statements; batches beside single ones.

Ours is the platform's own server, as many processes as RVM_BENCH_WORKERS says (2), called by as many machines at once
as RVM_BENCH_MACHINES says (20), each with one request under way: a deposit (decided and settled), one transaction. The
bound is pgbench with as many clients on the same server, in turns: its script is what the server itself logged of such
requests (`benchmarks/stand/statement_log`, `pgbench`), every read and every write. What it
does not do is HTTP, checking, judging, and putting events together. The relay runs on neither side: its statements
are no deposit's.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import psutil
import psycopg
from attrs import define

from application.platform.record_deposits import LONGEST_BATCH
from benchmarks.row import Beside, Goal, Row
from benchmarks.stand import pgbench, statement_log
from benchmarks.stand.caller import Caller
from benchmarks.stand.machines import Machine, platform_with
from benchmarks.stand.pgbench import Fresh, Script
from benchmarks.stand.serving import Served, server
from benchmarks.stand.statement_log import Ran
from entrypoints.container import close_platform
from entrypoints.parts.postgres import PostgresServer
from entrypoints.settings import PlatformSettings

WORKERS = int(os.environ.get("RVM_BENCH_WORKERS", "2"))
MACHINES = int(os.environ.get("RVM_BENCH_MACHINES", "20"))
ROUNDS = int(os.environ.get("RVM_BENCH_ROUNDS", "5"))
EACH = 20
"""Single deposits of each machine in a round."""
PGBENCH_EACH = 200
"""Transactions of each client in a round: more of them, since each prepares its statements first."""
BATCHES = 8
"""Batches of each machine in a round."""
BATCH = LONGEST_BATCH // 2
"""Deposits of a batch: each is two entries."""
WARM = 12
"""Deposits before the one that is looked at: by then every statement is prepared and every account known."""
BESIDE_PGBENCH, BESIDE_SINGLE = Goal(at_least=0.5), Goal(at_least=10)


def rows() -> Sequence[Row]:
    """Measure."""
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer(settings=statement_log.SETTINGS))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rvm-bench-")))
        script = logged(postgres, folder / "logged")
        bare = Bare(postgres, postgres.url_of("logged"), folder, script)
        ours = stack.enter_context(fleet(postgres, folder / "ours"))
        sides = {
            "single": ours.single, "pgbench": bare.run, "batches": ours.batches,
            "single alone": ours.single_alone, "batches alone": ours.batches_alone,
        }  # fmt: skip
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for number in range(ROUNDS + 1):
            for name, side in sides.items():
                rate = side()
                if number:
                    taken[name].append(rate)
        return told(taken, script, ours)


def told(taken: Mapping[str, list[float]], script: Script, ours: Fleet) -> list[Row]:
    """Put the rows together."""
    middle = {name: median(rates) for name, rates in taken.items()}
    ratios = [one / other for one, other in zip(taken["single"], taken["pgbench"], strict=True)]
    spread = ", ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
    statements = sum(line.endswith(";") for line in script.text.splitlines())
    settings = (
        f"{MACHINES} machines, one request each under way, {EACH} deposits each a round; {WORKERS} platform processes",
        f"pgbench: {MACHINES} clients, -j 1, -M prepared, {PGBENCH_EACH} transactions each of {statements} statements",
        f"median of {ROUNDS} rounds in turns; ratio of each round: {spread}",
        f"processor time of a platform process for a single deposit: {ours.milliseconds():.2f} ms",
        "both: one PostgreSQL, fsync and synchronous_commit on, shared_buffers 64 MB; no relay, no Redis",
    )
    return [
        Row(
            "a deposit over HTTP", middle["single"], "deposits/s",
            Beside("pgbench, the same statements", middle["pgbench"]), BESIDE_PGBENCH, settings,
        ),
        Row(
            f"batches of {LONGEST_BATCH} entries, one machine", middle["batches alone"], "deposits/s",
            Beside("single deposits of one machine", middle["single alone"]), BESIDE_SINGLE, settings,
        ),
        Row(
            f"batches of {LONGEST_BATCH} entries, {MACHINES} machines at once", middle["batches"], "deposits/s",
            Beside(f"single deposits of {MACHINES} machines", middle["single"]), BESIDE_SINGLE, settings,
        ),
    ]  # fmt: skip


# ---------------------------------------------------------------- ours


@define
class Fleet:
    """Machines with a visit each, and the platform's processes that they call."""

    machines: Sequence[Machine]
    visits: Sequence[str]
    served: Sequence[Served]
    deposits: int = 0
    seconds: float = 0.0
    """Of processor time, of all platform processes, for single deposits."""

    def single(self) -> float:
        """Record deposits one by one; returns how many a second."""
        before = self._spent()
        rate = self._timed(EACH, 1)
        self.seconds += self._spent() - before
        self.deposits += EACH * len(self.machines)
        return rate

    def batches(self) -> float:
        """Record them by batches; returns deposits a second."""
        return self._timed(BATCHES, BATCH)

    def single_alone(self) -> float:
        """Record deposits of one machine, one by one; returns how many a second."""
        return self._timed(EACH, 1, machines=1)

    def batches_alone(self) -> float:
        """Record deposits of one machine by batches; returns how many a second."""
        return self._timed(BATCHES, BATCH, machines=1)

    def milliseconds(self) -> float:
        """Return what one single deposit took of a platform process."""
        return 1000 * self.seconds / self.deposits

    def _timed(self, requests: int, size: int, machines: int = MACHINES) -> float:
        prepared = [self.requests(at, requests, size) for at in range(machines)]
        seconds = at_once([self._calls(at, each) for at, each in enumerate(prepared)])
        return requests * size * machines / seconds

    def requests(self, at: int, count: int, size: int) -> list[bytes]:
        """Write deposits of a machine, and put the requests together that send them."""
        machine = self.machines[at]
        for number in range(count * size):
            machine.deposit(self.visits[at], number)
        return [machine.request(batch) for batch in machine.batches(2 * size)]

    def _calls(self, at: int, requests: Sequence[bytes]) -> Callable[[threading.Barrier], None]:
        served = self.served[at % len(self.served)]

        def call(ready: threading.Barrier) -> None:
            with Caller(served.host, served.port) as caller:
                ready.wait()
                for request in requests:
                    caller.ask(request)

        return call

    def _spent(self) -> float:
        times = [psutil.Process(each.pid).cpu_times() for each in self.served]
        return sum(each.user + each.system for each in times)


def at_once(calls: Sequence[Callable[[threading.Barrier], None]]) -> float:
    """Run calls at the same time, once all are ready; returns seconds until the last one is done."""
    ready = threading.Barrier(len(calls) + 1)

    def run(call: Callable[[threading.Barrier], None]) -> None:
        try:
            call(ready)
        finally:
            ready.abort()

    with ThreadPoolExecutor(len(calls)) as together:
        running = [together.submit(run, call) for call in calls]
        ready.wait()
        began = time.perf_counter()
        for one in running:
            one.result()
        return time.perf_counter() - began


@contextmanager
def fleet(postgres: PostgresServer, data: Path) -> Iterator[Fleet]:
    """Machines that have opened a visit each and recorded some deposits, and a platform on a database of its own."""
    url = postgres.url_of(data.name)
    if not postgres.has_database(data.name):
        postgres.create_database(data.name)
    container, machines = platform_with(PlatformSettings(data=data, database_url=url, relay=False), MACHINES)
    visits = [machine.open(person(number)) for number, machine in enumerate(machines)]
    settings = {"data": str(data), "database_url": url, "relay": "false", "log_level": "warning"}
    with ExitStack() as stack:
        stack.callback(close_platform, container)
        served = [stack.enter_context(server(settings)) for _ in range(WORKERS)]
        made = Fleet(machines, visits, served)
        for at in range(len(machines)):
            with Caller(served[at % WORKERS].host, served[at % WORKERS].port) as caller:
                for request in made.requests(at, WARM, 1):
                    caller.ask(request)
        yield made


def person(number: int) -> str:
    """Return the id of one of the people."""
    return f"00000000-0000-4000-8000-{number:012x}"


# ---------------------------------------------------------------- the bound


@define
class Bare:
    """pgbench on the database that was looked at."""

    postgres: PostgresServer
    url: str
    folder: Path
    script: Script
    _rounds: int = 0

    def __attrs_post_init__(self) -> None:
        self.script.keep(self.url.replace("+psycopg", ""))
        (self.folder / "script.sql").write_text(self.script.text, "utf-8")

    def run(self) -> float:
        """Run a round; returns transactions a second."""
        self._rounds += 1
        return pgbench.run(
            self.postgres, self.url, self.folder / "script.sql", clients=MACHINES, each=PGBENCH_EACH,
            first=self._rounds * PGBENCH_EACH,
        )  # fmt: skip


def logged(postgres: PostgresServer, data: Path) -> Script:
    """Have each machine of a platform record one deposit while the server logs; returns the script made from that."""
    with psycopg.connect(postgres.url.replace("+psycopg", ""), autocommit=True) as connection:
        postgres.create_database(data.name)
        connection.execute(statement_log.ON.format(data.name).encode())
        with fleet(postgres, data) as looked_at:
            pairs = [one_of(postgres, looked_at, at, data.name) for at in range(MACHINES)]
        connection.execute(statement_log.OFF.format(data.name).encode())
    return Script.of([ran for ran, _ in pairs], [fresh for _, fresh in pairs])


def one_of(postgres: PostgresServer, of: Fleet, at: int, database: str) -> tuple[list[Ran], list[Fresh]]:
    """Have one machine record one deposit; returns the transaction, and which of its values were new."""
    machine, served = of.machines[at], of.served[at % WORKERS]
    before, since = machine.prev, postgres.log.stat().st_size
    machine.deposit(of.visits[at], WARM)
    decided, settled = machine.entries
    with Caller(served.host, served.port) as caller:
        caller.ask(*(machine.request(batch) for batch in machine.batches()))
    found = statement_log.ran(postgres.log, since, database)
    transaction = statement_log.transaction_with(found, "INSERT INTO entries")
    hashes = [Fresh(decided.hash, True), Fresh(settled.hash, True), Fresh(before, True, like=settled.hash)]
    return transaction, [*hashes, Fresh(decided.id, False), Fresh(settled.id, False)]
