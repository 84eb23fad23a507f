"""Bring a database to a revision of the schema. Run at every start of the embedded platform."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from adapters.sql.holding import hold

_FOLDER = Path(__file__).with_name("migrations")
EMPTY = "base"
"""The revision of a database without tables."""


class NewerSchema(Exception):
    """The database was written by a newer release than this one."""


def migrate(engine: sa.Engine) -> None:
    """Upgrade to the newest revision, in one transaction; who comes meanwhile waits. Raises NewerSchema."""
    config, scripts = _scripts()
    known = {script.revision for script in scripts.walk_revisions()}
    with engine.begin() as connection:
        hold(connection, ["schema"])
        held = MigrationContext.configure(connection).get_current_revision()
        if held is not None and held not in known:
            raise NewerSchema(f"the database is at revision {held}, which this release does not know")
        if held == scripts.get_current_head():
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def upgrade(connection: sa.Connection) -> None:
    """Upgrade to the newest revision within somebody's transaction."""
    config, _ = _scripts()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revision_of(connection: sa.Connection) -> str | None:
    """Return the revision that a database is at; None without our tables."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate_to(engine: sa.Engine, revision: str) -> None:
    """Bring a database up or down to a revision, or down to EMPTY, in one transaction."""
    config, scripts = _scripts()
    with engine.begin() as connection:
        hold(connection, ["schema"])
        held = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        newer = {script.revision for script in scripts.iterate_revisions(held, EMPTY)} if held else set()
        (command.downgrade if revision in {*newer, EMPTY} else command.upgrade)(config, revision)


def revisions() -> list[str]:
    """Return the revisions, the oldest first."""
    _, scripts = _scripts()
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _scripts() -> tuple[Config, ScriptDirectory]:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)
