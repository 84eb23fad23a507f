"""A real PostgreSQL server for each process of a test run, and a fresh database for each test that asks for one."""

import itertools
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.sql.engine import open_engine
from adapters.sql.migrate import migrate
from adapters.sql.tables import METADATA
from adapters.sql.unit_of_work import SqlUnitsOfWork

TEMPLATE = "with_schema"
ROOM = 1 << 30
"""Bytes that must be free."""
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres():
    """A server, started when the first test needs it."""
    from entrypoints.parts.postgres import PostgresServer

    # Deadlocks are found at once, so that tests which make them do not wait for it.
    with _quick_folder() as folder, PostgresServer(folder, settings={"deadlock_timeout": "20ms"}) as server:
        yield server
        # Its folder goes anyway: nothing is to be written down for the next start.
        server.kill()


@pytest.fixture(scope="session")
def postgres_template(postgres):
    """The name of a database with the current schema and nothing in it, to be copied."""
    engine = open_engine(postgres.create_database(TEMPLATE))
    migrate(engine)
    engine.dispose()
    return TEMPLATE


@contextmanager
def _quick_folder():
    """A folder in memory where there is room: it syncs as asked, and no other test waits for the disk meanwhile.

    Nothing here cuts the power; tests that end servers keep them on the disk.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    with tempfile.TemporaryDirectory(prefix="rvm-postgres-", dir=memory if roomy else None) as folder:
        yield Path(folder)


@contextmanager
def copied(server, template):
    """A copy of a database, for one test."""
    name = f"test_{next(_numbers)}"
    yield server.create_database(name, template)
    server.drop_database(name)


@pytest.fixture
def empty_postgres_url(postgres):
    """A database without any table."""
    with copied(postgres, "template1") as url:
        yield url


@pytest.fixture
def postgres_url(postgres, postgres_template):
    """A database with the current schema."""
    with copied(postgres, postgres_template) as url:
        yield url


@pytest.fixture(scope="session")
def shared_postgres(postgres, postgres_template):
    """The engine of a database that tests take turns with: copying one takes longer than emptying it."""
    engine = open_engine(postgres.create_database("shared", postgres_template))
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_store(shared_postgres):
    with shared_postgres.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
    return SqlUnitsOfWork(shared_postgres)
