"""The engine: how SQLite is opened so that what is committed is on the disk.

SQLite: a write-ahead log, `synchronous=FULL` (each commit is synced), foreign keys on, and writes that
begin IMMEDIATE, so that a transaction that reads first and writes later never finds the store changed
under it. PostgreSQL will take the same tables; its row locks are asked for with FOR UPDATE, which SQLite
neither has nor needs.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from application.ports.unit_of_work import AlreadyThere, StoreBusy, StoreError

BUSY_SECONDS = 10.0
"""How long a write waits for its turn."""
READ_ONLY = "rvm_read_only"
"""Execution option of a connection that will only read."""


def sqlite_url(file: Path) -> str:
    """Return the address of the embedded database in a file."""
    return f"sqlite:///{file}"


def open_engine(url: str) -> sa.Engine:
    """Open a database by its SQLAlchemy address."""
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        engine = sa.create_engine(address, pool_pre_ping=True)
        sa.event.listen(engine, "handle_error", _as_ours)
        return engine
    # The driver's own transactions are off (isolation_level None): `_begin` says when and how they begin.
    engine = sa.create_engine(
        address, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "cached_statements": 256}
    )
    sa.event.listen(engine, "handle_error", _as_ours)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: sa.Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute("BEGIN" if connection.get_execution_options().get(READ_ONLY) else "BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        as_ours(error, connection.dialect)
        raise


def _as_ours(context: ExceptionContext) -> None:
    """Raise the port's error for one of the driver, wherever it came up."""
    as_ours(context.original_exception, context.dialect)


def as_ours(error: BaseException, dialect: sa.Dialect) -> None:
    """Raise the port's error for one of the driver."""
    driver = dialect.loaded_dbapi
    if isinstance(error, driver.IntegrityError):
        raise AlreadyThere(str(error)) from error
    if isinstance(error, driver.OperationalError) and "locked" in str(error):
        raise StoreBusy(str(error)) from error
    raise StoreError(str(error)) from error
