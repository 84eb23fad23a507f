"""Bring a database to a revision of the schema. Run at every start of a platform or worker.

A release may run on a schema that a later one has brought up (while it is rolled out, or after it was rolled back), if
that schema serves it: the database says since which revision it does. docs/operations.md has the rule that keeps it so.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from adapters.sql.holding import hold
from adapters.sql.tables.keeping import SERVING

_FOLDER = Path(__file__).with_name("migrations")
EMPTY = "base"
"""The revision of a database without tables."""


SERVES_SINCE = "0008"
"""The oldest revision whose release runs on this release's schema: from it on, revisions only add.

It is moved on when nobody runs a release of that revision any more, so two releases after something fell out of use.
"""


class NewerSchema(Exception):
    """The database was written by a newer release than this one, and does not serve this one."""


def migrate(engine: sa.Engine) -> None:
    """Upgrade to the newest revision, in one transaction; who comes meanwhile waits. Raises NewerSchema."""
    known = set(revisions())
    with engine.begin() as connection:
        hold(connection, ["schema"])
        held = revision_of(connection)
        if held is not None and held not in known:
            if _serves_since(connection) not in known:
                raise NewerSchema(f"the database is at revision {held}, which does not serve this release any more")
            return
        if held != revisions()[-1]:
            upgrade(connection)


def upgrade(connection: sa.Connection) -> None:
    """Upgrade to the newest revision within somebody's transaction."""
    config, _ = _scripts()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.execute(SERVING.delete())
    connection.execute(SERVING.insert().values(since=SERVES_SINCE))


def _serves_since(connection: sa.Connection) -> str | None:
    """Return the oldest revision whose release the schema serves; None where that is not said."""
    if not sa.inspect(connection).has_table(SERVING.name):
        return None
    since: str | None = connection.execute(sa.select(SERVING.c.since)).scalar()
    return since


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
