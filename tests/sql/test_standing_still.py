"""A PostgreSQL that stands still (SIGSTOP): told by name and in time; what was under way is whole or not there."""

import itertools
import os
import subprocess
import sys
import threading
import time

import pytest

from adapters.sql.engine import open_engine
from adapters.sql.migrate import migrate
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.record_deposits import RecordDeposits
from application.ports.unit_of_work import StoreAway, Unsure
from entrypoints.parts.postgres import PostgresServer
from tests.platform.world import GLASS, Platform, person

ANA = person("ana")
TOLD_WITHIN = 2.0
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server():
    """One that may be harmed."""
    with PostgresServer() as one:
        yield one


@pytest.fixture
def units(server):
    store = SqlUnitsOfWork(open_engine(server.create_database(f"still_{next(_numbers)}")))
    migrate(store.engine)
    yield store
    server.resume()
    store.close()


class StandingStill:
    """A factory whose next unit of work finds the server standing still, where it says."""

    def __init__(self, units, server, where):
        self.units, self.server, self.where = units, server, where

    def __call__(self, *, read_only=False):
        return self.units(read_only=read_only) if read_only else _Work(self, self.units())

    def reached(self, where):
        if where == self.where:
            self.server.suspend()


class _Work:
    def __init__(self, store, work):
        self._store, self._work = store, work

    def __getattr__(self, name):
        return getattr(self._work, name)

    def __enter__(self):
        self._work.__enter__()
        self._store.reached("begun")
        return self

    def commit(self):
        self._store.reached("committing")
        self._work.commit()

    def __exit__(self, *error):
        self._work.__exit__(*error)


def timed(call):
    """What it raised, and after how many seconds."""
    began = time.monotonic()
    with pytest.raises((StoreAway, Unsure)) as raised:
        call()
    return raised.type, time.monotonic() - began


@pytest.mark.parametrize(("where", "told"), [("begun", StoreAway), ("committing", Unsure)])
def test_a_batch_under_way_is_told_of_in_time_and_recorded_once_afterwards(server, units, where, told):
    platform = Platform(units)
    machine = platform.machine()
    machine.visit(platform.session(ANA).token, items=2)
    recording = platform.record_deposits
    still = StandingStill(units, server, where)
    platform.record_deposits = RecordDeposits(still, recording.clock, recording.verifier)
    raised, took = timed(lambda: platform.send(machine))
    later = [timed(lambda: platform.balance(ANA)) for _ in range(3)]
    print(f"{where}: {raised.__name__} after {took:.2f} s, then {[f'{seconds:.2f}' for _, seconds in later]}")
    assert raised is told
    assert took < TOLD_WITHIN
    assert [kind for kind, _ in later] == [StoreAway] * 3
    assert max(seconds for _, seconds in later) < TOLD_WITHIN
    server.resume()
    platform.record_deposits = recording
    recorded = until_it_answers(lambda: platform.send(machine))
    assert recorded.stored + recorded.replayed == len(machine.entries)
    assert platform.balance(ANA) == 2 * GLASS


def test_all_who_wait_at_once_are_told_in_time(server, units):
    platform, answers = Platform(units), []
    with units(read_only=True) as work:
        work.organisations.all()
    server.suspend()
    asking = [threading.Thread(target=lambda: answers.append(timed(lambda: platform.balance(ANA)))) for _ in range(40)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(timeout=30)
    print(f"40 at once, the last after {max(took for _, took in answers):.2f} s")
    assert len(answers) == 40
    assert max(took for _, took in answers) < TOLD_WITHIN


def test_who_is_slow_or_waits_for_a_lock_is_not_taken_for_dead(units):
    with units.engine.begin() as holding, units.engine.begin() as waiting:
        holding.exec_driver_sql("SELECT pg_advisory_xact_lock(7)")
        got = []
        thread = threading.Thread(
            target=lambda: got.append(waiting.exec_driver_sql("SELECT pg_advisory_xact_lock(7), 1").all())
        )
        thread.start()
        assert holding.exec_driver_sql("SELECT 1 FROM pg_sleep(2.5)").scalar_one() == 1
        assert not got
        holding.commit()
        thread.join(timeout=10)
        assert len(got) == 1


def until_it_answers(call):
    """A server that goes on is taken for away for a moment longer."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return call()
        except StoreAway:
            assert time.monotonic() < deadline, "it is not used again"
            time.sleep(0.05)


@pytest.mark.parametrize("command", [["platform"], ["platform", "worker"]])
def test_a_platform_that_finds_no_database_says_so_in_words(tmp_path, command):
    nobody = {"DATABASE_URL": "postgresql://somebody:secret@127.0.0.1:1/myrvm", "REDIS_URL": "redis://127.0.0.1:1/0"}
    settings = {f"RVM_PLATFORM_{name}": value for name, value in nobody.items()}
    ran = subprocess.run(
        [sys.executable, "-m", "entrypoints.cli", *command], capture_output=True, text=True, check=False, timeout=100,
        env={**os.environ, **settings, "RVM_PLATFORM_DATA": str(tmp_path)},
    )  # fmt: skip
    assert ran.returncode == 1
    assert "RVM_PLATFORM_DATABASE_URL" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "secret" not in ran.stderr
