"""Long jobs of real processes, by the real clock: never run by two, and taken over from one that was killed."""

import subprocess
import sys
import time
import uuid
from contextlib import contextmanager

import pytest

from adapters.sql.engine import open_engine
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.run_job import Ran
from application.ports.repositories import Organisation
from domain.jobs.job import SECONDS, Job, Queue
from tests.parts.holder import LEASE, runner

HOUSE = "00000000-0000-7000-8000-000000000001"
LEASES = 2.5
"""How long the job takes."""
BEGINS_WITHIN = 60.0


@pytest.fixture
def job(postgres_url):
    """A job that waits."""
    store, now = SqlUnitsOfWork(open_engine(postgres_url)), time.time_ns() // 1_000
    with store() as work:
        work.organisations.add(Organisation(HOUSE, "House", 1))
        which = str(uuid.uuid4())
        work.jobs.add([Job(which, HOUSE, Queue.TRAINING, "long", {}, now, now)])
        work.commit()
    store.close()
    return which


@contextmanager
def holder(url, job, notes):
    """A process that runs the job."""
    command = [sys.executable, "-m", "tests.parts.holder", url, job, str(notes)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + BEGINS_WITHIN
        while not notes.exists() or not notes.read_text().endswith("\n"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.communicate()


def begun(notes):
    """Which processes have begun the job."""
    return [line.split()[1] for line in notes.read_text().splitlines()]


@pytest.mark.slow
@pytest.mark.kill
def test_a_job_longer_than_its_lease_is_begun_once_and_a_dead_workers_job_again(postgres_url, job, tmp_path):
    notes, other = tmp_path / "notes", runner(postgres_url, tmp_path / "notes")
    with holder(postgres_url, job, notes) as process:
        until = time.monotonic() + LEASES * LEASE / SECONDS
        tries = 0
        while time.monotonic() < until:
            assert other(job) is Ran.NOT_READY
            tries += 1
            time.sleep(0.05)
        assert begun(notes) == [str(process.pid)]
        process.kill()
        process.wait()
        killed = time.monotonic()
        while (ran := other(job)) is Ran.NOT_READY:
            assert time.monotonic() - killed < 5 * LEASE / SECONDS
            time.sleep(0.05)
        took = time.monotonic() - killed
    print(
        f"refused {tries} times in {LEASES} leases; taken over {took:.1f} s after the kill (lease {LEASE // SECONDS} s)"
    )
    assert ran is Ran.DONE
    assert len(begun(notes)) == 2
    assert other(job) is Ran.NOT_READY


@pytest.mark.slow
def test_a_job_longer_than_its_lease_is_done_by_whoever_began_it(postgres_url, job, tmp_path):
    notes, other = tmp_path / "notes", runner(postgres_url, tmp_path / "notes")
    with holder(postgres_url, job, notes) as process:
        until = time.monotonic() + 1.5 * LEASE / SECONDS
        while time.monotonic() < until:
            assert other(job) is Ran.NOT_READY
            time.sleep(0.05)
        said, _ = process.communicate("go on\n", timeout=30)
    assert said.strip() == "done"
    assert other(job) is Ran.NOT_READY
    assert len(begun(notes)) == 1
