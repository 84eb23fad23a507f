"""How SQLite is opened so that what is committed is on the disk.

A write-ahead log, `synchronous=FULL` (each commit is synced), foreign keys on, and writes that begin IMMEDIATE, so
that a transaction that reads first and writes later never finds the store changed under it.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.sql.errors import as_ours

READ_ONLY = "rvm_read_only"
"""Execution option of a connection that will only read."""


def sqlite_url(file: Path) -> str:
    """Return the address of the embedded database in a file."""
    return f"sqlite:///{file}"


def open_sqlite(address: sa.URL, wait_seconds: float) -> sa.Engine:
    """Open a database."""
    # The driver's own transactions are off (isolation_level None): `_begin` says when and how they begin.
    engine = sa.create_engine(
        address, connect_args={"timeout": wait_seconds, "isolation_level": None, "cached_statements": 256}
    )
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
        raise as_ours(error, connection.dialect) from error
