"""Killed before any statement of a batch, the platform holds all of it or nothing, and goes on."""

import multiprocessing
import os
import shutil
import signal
import sqlite3

import pytest
import sqlalchemy as sa

from adapters.signing.ed25519 import Ed25519Verifier
from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.record_deposits import Batch, RecordDeposits
from domain.deposits.bodies import Outcome
from entrypoints.prove import proof_of
from tests.platform.world import GLASS, OTHER_KEY, Platform, person

ANA = person("ana")
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])
pytestmark = [pytest.mark.kill, pytest.mark.slow]


class KillAt:
    """Opens the driver's connections so that the process dies right before its n-th step."""

    def __init__(self, n: int) -> None:
        self.left = n

    def step(self) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def connect(self, _dialect, _record, arguments, named):
        step = self.step

        class Cursor(sqlite3.Cursor):
            def execute(self, *args):
                step()
                return super().execute(*args)

            def executemany(self, *args):
                step()
                return super().executemany(*args)

        class Connection(sqlite3.Connection):
            def cursor(self, *_):
                return super().cursor(Cursor)

            def commit(self):
                step()
                super().commit()
                step()

        return sqlite3.connect(*arguments, **{**named, "factory": Connection})


@pytest.fixture
def before(tmp_path, empty_database):
    """A platform, and a batch with something of everything in it that it does not hold yet."""
    file = shutil.copy(empty_database, tmp_path / "platform.db")
    store = SqlUnitsOfWork(open_engine(sqlite_url(file)))
    platform = Platform(store)
    machine = platform.machine()
    first = machine.open(platform.session(ANA).token)
    machine.deposit(first.id)
    platform.send(machine)
    held = len(machine.entries)
    machine.deposit(first.id)
    machine.deposit(first.id, Outcome.UNKNOWN)
    machine.close(first.id)
    machine.visit(platform.token(ANA, key=OTHER_KEY))
    machine.boot()
    machine.visit(platform.session(ANA).token)
    store.close()
    return platform, machine, held, file


def send_dying(file, n, clock, batch) -> None:
    """Record a batch and die before step `n`; what a process of its own does."""
    engine = open_engine(sqlite_url(file))
    sa.event.listen(engine, "do_connect", KillAt(n).connect)
    RecordDeposits(SqlUnitsOfWork(engine), clock, Ed25519Verifier())(batch)


def send_and_die(platform, machine, held, file, n) -> bool:
    """Send the batch in a process of its own that dies before step `n`. Returns whether it died."""
    entries = [entry.raw for entry in machine.entries[held:]]
    batch = Batch(machine.machine, machine.epoch, machine.reading(), entries)
    # Not forked from here: this process may have threads, and a fork keeps their locks but not them.
    child = PROCESSES.Process(target=send_dying, args=(file, n, platform.record_deposits.clock, batch))
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL), child.exitcode
    return child.exitcode != 0


def test_a_kill_before_any_statement_leaves_all_or_nothing(before, tmp_path):
    platform, machine, held, file = before
    n, kills, wholes = 0, 0, 0
    while True:
        folder = tmp_path / f"at-{n}"
        folder.mkdir()
        copy = shutil.copy(file, folder / "platform.db")
        died = send_and_die(platform, machine, held, copy, n)
        proof = proof_of(folder)
        assert proof.findings == (), f"killed before step {n}"
        assert proof.entries in (held, len(machine.entries))
        wholes += died and proof.entries == len(machine.entries)
        store = SqlUnitsOfWork(open_engine(sqlite_url(copy)))
        old = platform.record_deposits
        again = RecordDeposits(store, old.clock, old.verifier)
        platform.record_deposits, platform.store = again, store
        recorded = platform.send(machine)
        assert not recorded.gap
        assert platform.balance(ANA) == 4 * GLASS
        store.close()
        platform.record_deposits = old
        if not died:
            break
        n, kills = n + 1, kills + 1
    print(f"killed before each of {kills} statements")
    assert kills > 25
    assert wholes == 1, "only right after the commit is everything there"


def test_an_error_at_any_statement_leaves_nothing(before):
    platform, machine, held, file = before
    engine = open_engine(sqlite_url(file))
    broken = KillAt(0)

    class Broken(Exception):
        pass

    def step() -> None:
        if broken.left == 0:
            raise Broken
        broken.left -= 1

    broken.step = step
    sa.event.listen(engine, "do_connect", broken.connect)
    store = SqlUnitsOfWork(engine)
    old = platform.record_deposits
    platform.record_deposits = RecordDeposits(store, old.clock, old.verifier)
    for n in range(4, 30, 5):
        broken.left = n
        with pytest.raises(Broken):
            platform.send(machine, machine.entries[held:])
        engine.dispose()
        assert proof_of(file.parent).entries == held
    broken.left = 10_000
    assert platform.send(machine, machine.entries[held:]).stored == len(machine.entries) - held
    store.close()
