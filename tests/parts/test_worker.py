"""Two worker processes over a real Redis, one ended in the middle and Redis emptied: every job is done."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from application.platform.plan_jobs import named
from application.ports.repositories import Answer, Organisation
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.jobs.job import Job, Queue, State
from entrypoints import cli
from entrypoints.container import EVERY
from entrypoints.redis_client import open_redis
from tests.parts.workers import worker

ROOT = Path(__file__).parents[2]
JOBS = 40
WITHIN = 90


@contextmanager
def worker_process(data, url, prefix):
    """`rvm platform worker`; yields the process once it says that it works."""
    process = subprocess.Popen(
        [
            sys.executable, "-m", "entrypoints.cli", "platform", "worker", "--threads", "2",
            "--alive", str(data / "alive"),
        ],
        cwd=ROOT, text=True, stdout=subprocess.PIPE,
        env={
            **os.environ, "RVM_PLATFORM_DATA": str(data), "RVM_PLATFORM_REDIS_URL": url,
            "RVM_PLATFORM_REDIS_PREFIX": prefix, "PYTHONUNBUFFERED": "1",
        },
    )  # fmt: skip
    guard = threading.Timer(240, process.kill)
    guard.start()
    try:
        yield process
    finally:
        guard.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def counted(platform):
    with platform.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
        return {state: count for (queue, state), count in work.jobs.counted().items() if queue is Queue.UPKEEP}


def until(condition):
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.timeout(300)  # two processes start, on a machine that may be busy
def test_every_job_is_done_though_a_worker_ends_and_redis_forgets(tmp_path, redis_server, redis_prefix):
    client = open_redis(redis_server.url)
    with worker(tmp_path, redis_url=redis_server.url, redis_prefix=redis_prefix) as platform:
        until(lambda: counted(platform) == {State.WAITING: len(EVERY)})  # the clock's own, of this hour
        with platform.container.resolve(UnitOfWorkFactory)() as work:
            house, now = platform.container.resolve(Organisation).id, platform.clock.now().wall
            work.answers.keep(Answer("ana", "old", "", 200, b"", 1, house))
            work.jobs.add(
                [Job(named(f"{n}"), house, Queue.UPKEEP, "forget-answers", {}, now, now) for n in range(JOBS)]
            )
            work.commit()
        until(lambda: client.exists(f"{redis_prefix}:jobs:upkeep") > 0)
        assert counted(platform) == {State.WAITING: JOBS + len(EVERY)}, (
            "nobody does it in the process that answers requests"
        )
        client.delete(*client.scan_iter(f"{redis_prefix}:jobs*"))
        with (
            worker_process(tmp_path, redis_server.url, redis_prefix) as first,
            worker_process(tmp_path, redis_server.url, redis_prefix) as second,
        ):
            for process in (first, second):
                assert "MyRVM worker on" in process.stdout.readline()
            until((tmp_path / "alive").exists)
            start = time.monotonic()
            until(lambda: counted(platform).get(State.DONE, 0) > 0)
            first.send_signal(signal.SIGTERM)
            until(lambda: counted(platform) == {State.DONE: JOBS + len(EVERY)})
            print(f"{JOBS + len(EVERY)} jobs done {time.monotonic() - start:.1f} s after the workers came")
            assert "has ended" in first.stdout.readline()
            second.send_signal(signal.SIGTERM)
            assert [process.wait(WITHIN) for process in (first, second)] == [0, 0]
        with platform.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
            assert work.answers.get("ana", "old") is None
        assert platform.metric("rvm_jobs", queue="upkeep", state="done") == JOBS + len(EVERY)
    client.close()


@pytest.mark.slow
def test_without_redis_there_is_no_worker_and_the_platform_does_its_jobs(tmp_path):
    run = CliRunner(env={"RVM_PLATFORM_DATA": str(tmp_path), "RVM_PLATFORM_REDIS_URL": ""})
    ended = run.invoke(cli.app, ["platform", "worker"])
    assert (ended.exit_code, "RVM_PLATFORM_REDIS_URL" in ended.output) == (2, True)
    with worker(tmp_path) as platform:
        until(lambda: counted(platform) == {State.DONE: len(EVERY)})
