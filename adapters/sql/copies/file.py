"""The file that a copy is: looked at without changing it, closed so that it is one file, brought to a revision."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import migrate, revisions
from application.ports.backup import Copied
from domain.backup.manifest import BackupUnfit

OWNER_ONLY = 0o600
_ANY = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"


def look_at(file: Path, source: str = "") -> Copied:
    """Read a copy. Raises BackupUnfit: damaged, not ours, or of a newer release."""
    if not file.is_file():
        raise BackupUnfit(f"{file} is missing")
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            _check(connection)
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            rows = _rows(connection)
    except (sqlite3.Error, TypeError) as damaged:
        raise BackupUnfit(f"{file.name} is damaged, or no database of ours: {damaged}") from damaged
    if revision not in revisions():
        raise BackupUnfit(f"{file.name} is at revision {revision}, which this release does not know")
    return Copied(revision, source or f"sqlite {sqlite3.sqlite_version}", rows)


def as_one_file(file: Path) -> None:
    """Fold the write-ahead log into the file, and let nobody else read it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    file.chmod(OWNER_ONLY)


def bring_up(file: Path) -> None:
    """Bring a copy to this release's revision."""
    engine = open_engine(sqlite_url(file))
    try:
        migrate(engine)
    finally:
        engine.dispose()
    as_one_file(file)


def _check(connection: sqlite3.Connection) -> None:
    for pragma in ("integrity_check(20)", "foreign_key_check"):
        found = [row for row in connection.execute(f"PRAGMA {pragma}").fetchall() if row[0] != "ok"]
        if found:
            raise sqlite3.DatabaseError("; ".join(" ".join(map(str, row)) for row in found[:3]))


def _rows(connection: sqlite3.Connection) -> Mapping[str, int]:
    tables = sorted(name for (name,) in connection.execute(_ANY))
    return {
        table: connection.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608 (names of our tables)
        for table in tables
    }
