"""The revision that brings the tables of care goes up and down, and makes just what the tables say."""

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from adapters.sql import migrate as migrating
from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import migrate
from adapters.sql.tables import METADATA, care

CARE = {
    table.name
    for table in (
        care.TELEMETRY, care.TELEMETRY_BOOTS, care.TELEMETRY_HOURS, care.ALERTS, care.TICKETS, care.OUTAGES,
        care.COMMANDS, care.CLAIM_CODES, care.PROFILES,
    )
}  # fmt: skip


def differences(engine):
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), METADATA)


def test_up_down_and_up_again(tmp_path):
    engine = open_engine(sqlite_url(tmp_path / "platform.db"))
    migrate(engine)
    assert differences(engine) == []
    assert set(sa.inspect(engine).get_table_names()) >= CARE
    config = Config()
    config.set_main_option("script_location", str(migrating._FOLDER))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    assert not CARE & set(sa.inspect(engine).get_table_names())
    migrate(engine)
    assert differences(engine) == []
    engine.dispose()


def test_every_row_names_its_organisation():
    assert all("organisation_id" in METADATA.tables[name].c for name in CARE)
