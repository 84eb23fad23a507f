import shutil

import pytest

from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import migrate
from adapters.sql.unit_of_work import SqlUnitsOfWork
from simulators.platform_store import SimulatedStore
from tests.platform.world import Platform


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A database with the current schema and nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("schema") / "platform.db"
    engine = open_engine(sqlite_url(file))
    migrate(engine)
    engine.dispose()
    return file


@pytest.fixture
def sqlite_store(tmp_path, empty_database):
    file = shutil.copy(empty_database, tmp_path / "platform.db")
    engine = open_engine(sqlite_url(file))
    store = SqlUnitsOfWork(engine)
    yield store
    store.close()


@pytest.fixture
def memory_store():
    return SimulatedStore()


@pytest.fixture(params=["sqlite", "postgres", "memory"])
def store(request):
    """Every test that asks for a store runs on both real ones and on the simulated one."""
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture
def platform(store):
    return Platform(store)
