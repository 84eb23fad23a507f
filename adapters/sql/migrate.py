"""Bring a database to the current schema. Run at every start of the embedded platform."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

_FOLDER = Path(__file__).with_name("migrations")


class NewerSchema(Exception):
    """The database was written by a newer release than this one."""


def migrate(engine: sa.Engine) -> None:
    """Upgrade to the newest revision, in one transaction. Raises NewerSchema."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    with engine.begin() as connection:
        held = MigrationContext.configure(connection).get_current_revision()
        if held is not None and held not in known:
            raise NewerSchema(f"the database is at revision {held}, which this release does not know")
        if held == scripts.get_current_head():
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
