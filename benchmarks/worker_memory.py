"""How much memory one platform process needs: at rest, and after many requests.

The bounds are the project's: at most 250 MB at rest, and no growth beyond a tenth after 100,000 requests. The process
has PostgreSQL and Redis behind it and relays, as in production. RVM_BENCH_REQUESTS is how many are made (default 5,000;
the number in docs/benchmarks.md is of 100,000), by eight callers at once, in tens: people read their balance, deposits
and statement; machines ask for their cursor, tell how they are, and record a deposit. At rest is after one such ten by
each caller, so everything is loaded that is loaded once. Counted is the proportional share of all its pages (PSS).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from attrs import define

from application.ports.clock import Clock
from application.ports.identity import AccessTokens
from application.ports.identity import Caller as Whom
from application.ports.repositories import Organisation
from benchmarks.agent_memory import pss_mb
from benchmarks.row import Beside, Goal, Row
from benchmarks.stand.caller import Caller, get, post
from benchmarks.stand.machines import Machine, platform_with
from benchmarks.stand.serving import Served, server
from domain.people.role import Role
from entrypoints.container import close_platform, resolved
from entrypoints.parts.postgres import PostgresServer
from entrypoints.parts.redis import RedisServer
from entrypoints.settings import PlatformSettings

REQUESTS = int(os.environ.get("RVM_BENCH_REQUESTS", "5000"))
CALLERS = 8
TEN = 10
LOOKS = 10
BOUND_MB = 250
DAY = 86_400_000_000


def rows() -> Sequence[Row]:
    """Measure."""
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer())
        queue = stack.enter_context(RedisServer())
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rvm-bench-")))
        settings = {"data": str(data), "database_url": postgres.create_database("memory"), "redis_url": queue.url}
        container, machines = platform_with(PlatformSettings(**{**settings, "relay": "false"}), CALLERS)
        stack.callback(close_platform, container)
        served = stack.enter_context(server({**settings, "log_level": "warning"}))
        callers = [Ten.of(served, machine, number) for number, machine in enumerate(machines)]
        for each in callers:
            stack.enter_context(each.caller)
        return _measured(served, callers)


def _measured(served: Served, callers: Sequence[Ten]) -> Sequence[Row]:
    tens = -(-REQUESTS // (TEN * CALLERS * LOOKS))
    with ThreadPoolExecutor(CALLERS) as together:
        _all(together, [each.once for each in callers])
        taken = [pss_mb(served.pid)]
        for _ in range(LOOKS):
            _all(together, [lambda each=each: [each.once() for _ in range(tens)] for each in callers])
            taken.append(pss_mb(served.pid))
    made = tens * TEN * CALLERS * LOOKS
    looks = ", ".join(f"{mb:.1f}" for mb in taken)
    told = (
        f"{made:,} requests by {CALLERS} callers; PSS at rest and after each tenth of them: {looks} MB",
        "one platform process with PostgreSQL and Redis, relaying; jobs and threads of its own included",
    )
    return [
        Row("a platform process at rest", taken[0], "MB", Beside("bound", BOUND_MB), Goal(at_most=1.0), told),
        Row(f"after {made:,} requests", taken[-1], "MB", Beside("at rest", taken[0]), Goal(at_most=1.1), told),
    ]


def _all(together: ThreadPoolExecutor, calls: Sequence[Callable[[], object]]) -> None:
    for running in [together.submit(call) for call in calls]:
        running.result()


@define
class Ten:
    """One caller: a person and a machine, ten requests at a time."""

    caller: Caller
    machine: Machine
    visit: str
    reads: Sequence[bytes]
    seq: int = 0

    @classmethod
    def of(cls, served: Served, machine: Machine, number: int) -> Ten:
        """Connect, and open the person's visit at the machine."""
        container, person = machine.container, f"00000000-0000-4000-8000-{number:012x}"
        until = resolved(container, Clock).now().wall + DAY
        whom = Whom(person, resolved(container, Organisation).id, Role.USER, "bench", until)
        signed_in = {"Authorization": f"Bearer {resolved(container, AccessTokens).write(whom)}"}
        paths = ("/api/v1/balance", "/api/v1/deposits?limit=20", "/api/v1/statement?limit=20")
        cursor = get(f"/api/v1/machines/{machine.id}/cursor", {"Authorization": f"Bearer {machine.api_key}"})
        reads = [*(get(path, signed_in) for path in paths), cursor] * 2
        return cls(Caller(served.host, served.port), machine, machine.open(person), reads)

    def once(self) -> None:
        """Make ten requests."""
        for request in self.reads:
            self.caller.ask(request)
        self.caller.ask(self._telemetry())
        self.machine.deposit(self.visit, self.seq)
        for batch in self.machine.batches():
            self.caller.ask(self.machine.request(batch))
        self.seq += 1

    def _telemetry(self) -> bytes:
        now = resolved(self.machine.container, Clock).now()
        sending = {"mono": now.mono, "wall": now.wall, "trusted": True}
        measures = {"bin_level": 400 + self.seq % 50, "cpu_temperature": 51_500, "disk_used": 412}
        sample = {"boot": self.machine.boot, "seq": self.seq, **sending, "measures": measures, "serving": True}
        told = {"boot": self.machine.boot, "sending": sending, "waiting": 0, "samples": [sample]}
        path, key = f"/api/v1/machines/{self.machine.id}/telemetry", f"Bearer {self.machine.api_key}"
        return post(path, json.dumps(told).encode(), {"Authorization": key})
