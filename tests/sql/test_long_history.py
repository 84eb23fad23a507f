"""What recording a deposit costs does not grow with what was recorded before.

Counted in SQLite's own steps, so that a busy machine changes nothing.
"""

from contextlib import contextmanager

import pytest

from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import migrate
from adapters.sql.unit_of_work import SqlUnitsOfWork
from tests.platform.world import Platform, person

DEEPER_TREES = 1.3
"""An index of a longer table has a level more."""


@pytest.fixture
def platform(tmp_path):
    engine = open_engine(sqlite_url(tmp_path / "platform.db"))
    migrate(engine)
    store = SqlUnitsOfWork(engine)
    yield Platform(store)
    store.close()


def test_recording_does_not_read_the_whole_history(platform):
    machine = platform.machine()
    early = steps_of_a_visit(platform, machine)
    for _ in range(40):
        machine.visit(platform.session(person("anna")).token, items=20)
        for at in range(0, len(machine.entries), 50):
            platform.send(machine, machine.entries[at : at + 50])
        machine.entries.clear()
    late = steps_of_a_visit(platform, machine)
    assert late < early * DEEPER_TREES


def steps_of_a_visit(platform, machine):
    """Record a visit of one item of a person who was there before, entry by entry, and count."""
    machine.visit(platform.session(person("anna")).token)
    platform.send(machine)
    machine.entries.clear()
    machine.visit(platform.session(person("anna")).token)
    with counted(platform.store.engine) as steps:
        for entry in machine.entries:
            platform.send(machine, [entry])
    machine.entries.clear()
    return len(steps)


@contextmanager
def counted(engine):
    steps = []
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
    driver.set_progress_handler(lambda: steps.append(1), 1)
    yield steps
    driver.set_progress_handler(None, 0)
