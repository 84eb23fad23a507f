"""A connection that breaks, a server that goes: tried again where nothing was changed, never where it may have been."""

import pytest

from adapters.sql.engine import open_engine
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.again import TRIES
from application.platform.record_deposits import RecordDeposits
from application.ports.unit_of_work import StoreBusy, StoreError, Unsure
from tests.platform.world import GLASS, Platform, person

ANA = person("ana")


class Breaking:
    """A factory whose first so many units of work lose their connection, where it says."""

    def __init__(self, units, server, times: int, where: str) -> None:
        self.units, self.server, self.left, self.where = units, server, times, where
        self.begun = 0

    def __call__(self, *, read_only: bool = False):
        return self.units(read_only=read_only) if read_only else _Breaking(self, self.units())

    def at(self, where, work) -> None:
        if where == self.where and self.left:
            self.left -= 1
            work._connection.exec_driver_sql("SELECT 1")
            assert self.server.cut_connections(work._connection.engine.url.database) > 0


class _Breaking:
    def __init__(self, store, work) -> None:
        self._store, self._work = store, work

    def __getattr__(self, name):
        return getattr(self._work, name)

    def __enter__(self):
        self._store.begun += 1
        self._work.__enter__()
        self._store.at("begun", self._work)
        return self

    def commit(self) -> None:
        self._store.at("committing", self._work)
        self._work.commit()

    def __exit__(self, *error) -> None:
        self._work.__exit__(*error)


@pytest.fixture
def sending(postgres, postgres_url):
    """A platform on PostgreSQL, and a machine with a visit that it does not hold yet."""
    units = SqlUnitsOfWork(open_engine(postgres_url))
    platform = Platform(units)
    machine = platform.machine()
    machine.visit(platform.session(ANA).token, items=2)

    def breaking(times: int, where: str) -> Breaking:
        store = Breaking(units, postgres, times, where)
        old = platform.record_deposits
        platform.record_deposits = RecordDeposits(store, old.clock, old.verifier)
        return store

    yield platform, machine, breaking
    units.close()


@pytest.mark.parametrize("times", [1, TRIES - 1])
def test_what_was_broken_off_before_the_commit_is_done_again(sending, times):
    platform, machine, breaking = sending
    store = breaking(times, "begun")
    assert platform.send(machine).stored == len(machine.entries)
    assert store.begun == times + 1
    assert platform.balance(ANA) == 2 * GLASS


def test_there_is_an_end_to_it(sending):
    platform, machine, breaking = sending
    store = breaking(TRIES, "begun")
    with pytest.raises(StoreBusy, match=f"gave up after {TRIES} tries"):
        platform.send(machine)
    assert store.begun == TRIES
    assert platform.balance(ANA) == 0
    assert platform.send(machine).stored == len(machine.entries)


def test_what_was_broken_off_during_the_commit_is_not_done_again(sending):
    platform, machine, breaking = sending
    store = breaking(1, "committing")
    with pytest.raises(Unsure):
        platform.send(machine)
    assert store.begun == 1
    # The machine asks again, as it always does; whichever it was, it comes to the same.
    recorded = platform.send(machine)
    assert recorded.stored + recorded.replayed == len(machine.entries)
    assert platform.balance(ANA) == 2 * GLASS


def test_a_server_that_is_gone_is_said_and_one_that_is_back_is_used(tmp_path):
    from adapters.sql.migrate import migrate
    from entrypoints.parts.postgres import PostgresServer

    with PostgresServer() as server:
        units = SqlUnitsOfWork(open_engine(server.create_database("platform")))
        migrate(units.engine)
        platform = Platform(units)
        machine = platform.machine()
        machine.visit(platform.session(ANA).token)
        platform.send(machine)
        for end in (server.stop, server.kill):
            end()
            with pytest.raises(StoreError):
                platform.balance(ANA)
            with pytest.raises(StoreError):
                platform.send(machine)
            server.start()
            assert platform.balance(ANA) == GLASS
            assert platform.send(machine).replayed == len(machine.entries)
        units.close()
