"""A PostgreSQL store: copied table by table in one snapshot, brought back in one transaction."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa

from adapters.sql.copies.file import as_one_file, bring_up, look_at
from adapters.sql.engine import open_engine, reading, sqlite_url
from adapters.sql.holding import hold
from adapters.sql.migrate import migrate, revision_of, revisions, upgrade
from adapters.sql.months import SqlMonths
from adapters.sql.tables import METADATA
from adapters.sql.tables.keeping import SERVING
from application.ports.backup import Copied, RestoreRefused
from domain.backup.manifest import BackupUnfit

CHUNK = 1_000
"""Rows that are read and written at once."""
LEAVES_WITHIN = 3.0
"""Seconds for which a server may still count those who have just left."""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'myrvm' AND pid <> pg_backend_pid()"""
_TABLES = [*(table.name for table in METADATA.sorted_tables), "alembic_version"]


class ServerCopies:
    """Implements `StoreCopies` for a database of a PostgreSQL server."""

    def __init__(self, url: str) -> None:
        """Take its address."""
        self._url = url

    def copy_to(self, place: str) -> Copied:
        """Copy what one snapshot sees; whoever writes meanwhile is not held up."""
        with self._opened() as engine, reading(engine).connect() as source:
            head, held = revisions()[-1], revision_of(source)
            if held != head:
                raise BackupUnfit(f"the database is at revision {held}; this release backs up {head}")
            told = f"postgresql {source.exec_driver_sql('SHOW server_version').scalar_one()}"
            with _file(place) as copy:
                _pour(source, copy)
        as_one_file(Path(place))
        return look_at(Path(place), told)

    def look_at(self, place: str) -> Copied:
        """Read a copy and check it."""
        return look_at(Path(place))

    def admit(self, *, replace: bool) -> None:
        """Say nothing if a copy may be brought back."""
        with self._opened() as engine, engine.connect() as connection:
            if revision_of(connection) is not None and not replace:
                raise RestoreRefused("the database holds a platform; `--replace` gives it up")
            deadline = time.monotonic() + LEAVES_WITHIN
            while others := connection.exec_driver_sql(_OTHERS).scalar_one():
                if time.monotonic() > deadline:
                    raise RestoreRefused(f"the database is in use ({others} connections): stop platforms and workers")
                connection.rollback()  # within a transaction it would be told the same again
                time.sleep(0.1)

    def bring_back(self, place: str) -> None:
        """Remove our tables, make them anew and fill them, in one transaction: until it commits nothing has changed."""
        with _current(Path(place)) as source, self._opened() as engine, engine.begin() as connection:
            hold(connection, ["schema"])
            for name in _TABLES:
                connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}" CASCADE')
            upgrade(connection)
            _pour(source, connection)
            months = SqlMonths(connection)
            months.make({stray.month for stray in months.strays()})
            _count_on(connection)

    @contextmanager
    def _opened(self) -> Iterator[sa.Engine]:
        engine = open_engine(self._url)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _file(place: str) -> Iterator[sa.Connection]:
    """Make a file with our tables, to be filled in one transaction."""
    engine = open_engine(sqlite_url(Path(place)))
    try:
        migrate(engine)
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _current(copy: Path) -> Iterator[sa.Connection]:
    """Read a copy at this release's revision; an older one is brought there in a temporary folder."""
    with ExitStack() as stack:
        if look_at(copy).revision != revisions()[-1]:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="rvm-restore-"))
            copy = Path(shutil.copyfile(copy, Path(folder) / copy.name))
            bring_up(copy)
        engine = sa.create_engine(f"sqlite:///file:{copy}?mode=ro&immutable=1&uri=true")
        stack.callback(engine.dispose)
        yield stack.enter_context(engine.connect())


def _pour(source: sa.Connection, into: sa.Connection) -> None:
    """Copy every row of every table, those first that others refer to."""
    into.execute(SERVING.delete())  # the one row that new tables begin with
    streaming = source.execution_options(stream_results=True, max_row_buffer=CHUNK)
    for table in METADATA.sorted_tables:
        for rows in streaming.execute(sa.select(table)).mappings().partitions(CHUNK):
            into.execute(table.insert(), [dict(row) for row in rows])


def _count_on(connection: sa.Connection) -> None:
    """Let keys that count up go on after the highest there is."""
    for table in METADATA.sorted_tables:
        column = table.autoincrement_column
        if column is None or not isinstance(column.type, sa.Integer):
            continue
        counter = connection.execute(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))).scalar()
        highest = connection.execute(sa.select(sa.func.max(column))).scalar()
        if counter is not None and highest is not None:
            connection.execute(sa.select(sa.func.setval(counter, highest)))
