"""PostgreSQL, Redis, S3, and two platform processes over them, whose way to Redis may lose messages."""

import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psycopg
from attrs import define, field

from adapters.clock.system import SystemClock
from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.demo.processes import Process
from entrypoints.parts.production import ProductionParts
from entrypoints.prove import proof_of
from tests.api.callers import Platform
from tests.api.conformity import Conformity
from tests.api.conftest import quick_settings
from tests.parts.lossy import LossyWire

PREFIX = "RVM_PLATFORM_"
QUICK = {"password_memory_kib": "64", "password_passes": "1", "password_lanes": "1"}
SEED = 30
ANSWERS_WITHIN = 60.0
"""Seconds until a process answers that was just started, on a busy computer."""


@define
class Worker:
    """One platform process, that can be killed and started again at the same address."""

    process: Process
    port: int = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Start it; it answers when this returns."""
        self.process.start()
        line = self.process.first_line()
        assert "http://" in line, self.process.log_tail()
        self.port = int(line.split("http://", 1)[1].split()[0].rpartition(":")[2])
        until(self.is_ready, ANSWERS_WITHIN)

    def is_ready(self):
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


@define
class Stand:
    """All of it."""

    data: Path
    parts: ProductionParts
    wire: LossyWire
    settings: dict
    workers: list = field(factory=list)
    container: object = None
    """Of no process that answers: tests look and prepare through it."""
    app: object = None

    def platform(self, number=0):
        """A worker, as callers know a platform."""
        clock = SystemClock(trusted=True)
        return Platform(self.workers[number].url, self.data, self.container, self.app, clock, Conformity(self.app))

    def database(self):
        """A connection of the test's own."""
        address = self.settings["database_url"].replace("+psycopg", "")
        return psycopg.connect(address, autocommit=True, connect_timeout=5)

    def rows(self, question, *values):
        with self.database() as connection:
            return connection.execute(question, values).fetchall()

    def prove(self):
        """The proof of the whole database, as `rvm prove` makes it."""
        return proof_of(self.data, database_url=self.settings["database_url"])

    def worker(self, number, port=0):
        """A worker that does not run yet; on its own port, so that it comes back where it was."""
        settings = {**QUICK, **self.settings, "data": str(self.data), "port": str(port), "log_level": "error"}
        environment = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
        log = self.data / f"worker-{number}.log"
        return Worker(Process("entrypoints.cli", ["platform"], settings=environment, log=log, pipe=True))

    def restart(self, number):
        """Start a worker that was killed, at the same address."""
        port = self.workers[number].port
        self.workers[number] = self.worker(number, port)
        self.workers[number].start()


@contextmanager
def standing():
    """A stand, from first to last. Each server starts once."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rvm-stand-")))
        parts = stack.enter_context(ProductionParts(data / "parts"))
        wire = stack.enter_context(LossyWire(parts.redis.port, SEED))
        settings = {**parts.settings(), "redis_url": wire.url}
        stand = Stand(data, parts, wire, settings)
        stand.container = build_platform(quick_settings(data, **{**settings, "relay": False}))
        stack.callback(close_platform, stand.container)
        stand.app = create_app(stand.container)
        stand.workers = [stand.worker(number) for number in range(2)]
        for worker in stand.workers:
            stack.callback(worker.process.end)
        for worker in stand.workers:
            worker.start()
        stack.callback(lambda: [worker.process.end() for worker in stand.workers])
        stand.platform().publish_prices()
        yield stand
        parts.postgres.resume()


def until(condition, within):
    """Poll real processes; returns what held, once it does."""
    end = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found
