"""The schema goes up and down, from empty and from every revision, on both databases, and what is in it stays."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import EMPTY, NewerSchema, migrate, migrate_to, revisions
from adapters.sql.tables import METADATA
from adapters.sql.unit_of_work import SqlUnitsOfWork
from domain.retention.month import Month
from tests.platform.world import GLASS, Platform, person

ANA = person("ana")
NARROW = ("links", "cursors", "postings", "balances", "answers")


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request, tmp_path):
    """A database without any table."""
    sqlite = request.param == "sqlite"
    engine = open_engine(sqlite_url(tmp_path / "empty.db") if sqlite else request.getfixturevalue("empty_postgres_url"))
    yield engine
    engine.dispose()


def parts(engine):
    """The partitions on PostgreSQL, by name."""
    if engine.dialect.name == "sqlite":
        return set()
    with engine.connect() as connection:
        return set(connection.exec_driver_sql("SELECT relname FROM pg_class WHERE relispartition").scalars())


def tables(engine):
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"} - parts(engine)


def differences(engine):
    """What is in the database and not in the tables' description, or the other way round."""
    with engine.connect() as connection:
        own = parts(engine)
        opts = {
            "compare_server_default": True,
            "include_name": lambda name, kind, _: kind != "table" or name not in own,
        }
        context = MigrationContext.configure(connection, opts=opts)
        return compare_metadata(context, METADATA)


def whose(engine):
    """Return how many rows of each narrow table there are, and whose they are."""
    with engine.connect() as connection:
        found = {}
        for table in NARROW:
            rows = connection.execute(sa.text(f"SELECT organisation_id FROM {table}")).scalars().all()
            found[table] = (len(rows), set(rows))
        return found


def a_day(engine):
    """A visit that was paid, and an answer that is kept."""
    platform = Platform(SqlUnitsOfWork(engine))
    machine = platform.machine()
    machine.visit(platform.session(ANA).token, items=2)
    platform.send(machine)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO answers (scope, key, body_hash, status, body, at, organisation_id)"
                " VALUES ('s', 'k', 'h', 201, :body, 1, :whose)"
            ),
            {"body": b"\x00", "whose": platform.organisation},
        )
    return platform, machine


def test_up_from_empty_is_what_the_tables_say(engine):
    migrate(engine)
    assert tables(engine) == set(METADATA.tables)
    assert differences(engine) == []
    migrate(engine)
    assert differences(engine) == []


def test_down_to_empty_and_up_again(engine):
    migrate(engine)
    migrate_to(engine, EMPTY)
    assert tables(engine) == set()
    migrate(engine)
    assert differences(engine) == []


def test_each_revision_by_itself_up_and_down(engine):
    held = [set()]
    for revision in revisions():
        migrate_to(engine, revision)
        held.append(tables(engine))
    assert differences(engine) == []
    for revision, expected in zip([*revisions()[-2::-1], EMPTY], held[-2::-1], strict=True):
        migrate_to(engine, revision)
        assert tables(engine) == expected, revision


def test_down_to_each_revision_and_up_again_keeps_what_is_there(engine):
    migrate(engine)
    platform, machine = a_day(engine)
    before = whose(engine)
    assert all(rows and owners == {platform.organisation} for rows, owners in before.values()), before
    for revision in revisions()[-2::-1]:
        migrate_to(engine, revision)
        migrate(engine)
        assert whose(engine) == before, revision
    assert differences(engine) == []
    assert platform.balance(ANA) == 2 * GLASS
    assert platform.send(machine).replayed == len(machine.entries)


def test_each_row_is_in_the_month_in_which_it_came(engine):
    """Rows of the revision before this are moved into their months, and those to come have room."""
    migrate(engine)
    platform, machine = a_day(engine)
    migrate_to(engine, revisions()[revisions().index("0007") - 1])
    migrate(engine)
    with engine.connect() as connection:
        for table in ("entries", "links", "visits", "items"):
            came = connection.execute(sa.text(f"SELECT DISTINCT received_at FROM {table}")).scalars().all()
            assert came == [platform.clock.wall], table
        assert connection.execute(sa.text("SELECT DISTINCT at FROM postings")).scalars().all() == [platform.clock.wall]
        if engine.dialect.name == "postgresql":
            month = Month.of(platform.clock.wall).name
            counts = [
                connection.execute(sa.text(f"SELECT COUNT(*) FROM {part}")).scalar_one()
                for part in (f"entries_{month}", "entries_default", f"postings_{month}", "postings_default")
            ]
            assert counts == [len(machine.entries), 0, 4, 0]
            begun = connection.execute(sa.text("SELECT extract(epoch FROM now())::bigint * 1000000")).scalar_one()
            for ahead in range(4):
                assert f"telemetry_{Month.of(begun).later(ahead).name}" in parts(engine)


def test_a_copied_table_is_as_it_was(tmp_path):
    """What reading a table back from SQLite does not show: no row ids, and the check of an amount."""
    engine = open_engine(sqlite_url(tmp_path / "empty.db"))
    migrate(engine)
    with engine.connect() as connection:
        made = dict(connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    assert made["links"].rstrip().endswith("WITHOUT ROWID")
    assert "ck_postings_amount" in made["postings"]
    engine.dispose()


def newer(engine, *statements):
    """What a later release leaves: a revision that we do not know."""
    migrate(engine)
    with engine.begin() as connection:
        for statement in (*statements, "UPDATE alembic_version SET version_num = '9999'"):
            connection.execute(sa.text(statement))


def test_a_newer_release_that_only_added_serves_this_one_too(engine):
    """As a release is rolled out, or rolled back after it has brought the schema up."""
    newer(engine, "ALTER TABLE machines ADD COLUMN colour VARCHAR(20)", "CREATE TABLE later (id VARCHAR(20))",
          "CREATE INDEX ix_later ON items (visit_id, accepted)")  # fmt: skip
    migrate(engine)
    platform, machine = a_day(engine)
    assert platform.balance(ANA) == 2 * GLASS
    assert platform.send(machine).replayed == len(machine.entries)


def test_a_newer_release_that_does_not_serve_this_one_is_left_alone(engine):
    newer(engine, "UPDATE serving SET since = '9998'")
    before = tables(engine)
    with pytest.raises(NewerSchema, match="9999"):
        migrate(engine)
    assert tables(engine) == before
