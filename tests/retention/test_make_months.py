"""Room for the months to come on PostgreSQL, and rows that came without any."""

import threading
import time

import pytest
import sqlalchemy as sa

from application.platform.again import again
from application.platform.make_months import AHEAD, MakeMonths
from application.ports.unit_of_work import Interrupted, StoreError
from domain.points.ledger import Posting, Transaction, issuing_account, person_account, post
from domain.retention.month import Month
from tests.platform.world import DAY, Platform, person

ANA = person("ana")


@pytest.fixture
def platform(postgres_url):
    from adapters.sql.engine import open_engine
    from adapters.sql.unit_of_work import SqlUnitsOfWork

    store = SqlUnitsOfWork(open_engine(postgres_url))
    yield Platform(store)
    store.close()


def make(platform):
    return MakeMonths(platform.organisation, platform.store, platform.clock)()


def counted(platform, table):
    with platform.store.engine.connect() as connection:
        return connection.execute(sa.text(f"SELECT COUNT(*) FROM {table}")).scalar_one()


def alarms(platform):
    with platform.store(read_only=True) as work:
        return [each.alarm.kind for each in work.record.alarms(platform.organisation, None, 9)]


def test_months_ahead_have_room_before_they_begin(platform):
    platform.clock.wall = Month(2035, 10).end - DAY
    made = make(platform)
    assert [each for each in made if each.startswith("entries")] == [
        "entries 2035_10", "entries 2035_11", "entries 2035_12", "entries 2036_01",
    ]  # fmt: skip
    assert len(made) == 3 * (AHEAD + 1)
    assert make(platform) == []
    platform.clock.advance(2 * DAY)
    assert make(platform) == ["entries 2036_02", "postings 2036_02", "telemetry 2036_02"]
    assert alarms(platform) == []


def test_what_came_without_room_is_paid_like_all_else_moves_in_and_is_an_alarm(platform):
    platform.clock.wall = Month(2035, 10).begin
    machine = platform.machine()
    platform.publish(2, {}, platform.clock.wall, platform.clock.wall + DAY)
    machine.visit(platform.session(ANA).token, items=2)
    platform.send(machine)
    assert counted(platform, "entries_default") == len(machine.entries)
    make(platform)
    assert counted(platform, "entries_default") == counted(platform, "postings_default") == 0
    assert counted(platform, "entries_2035_10") == len(machine.entries)
    assert alarms(platform) == ["rows_without_a_month"]
    assert platform.send(machine).replayed == len(machine.entries)
    make(platform)
    assert alarms(platform) == ["rows_without_a_month"], "told once"


def test_the_indexes_and_keys_of_a_new_month_are_those_of_the_table(platform):
    platform.clock.wall = Month(2040, 1).begin
    make(platform)
    inspect = sa.inspect(platform.store.engine)
    for table in ("entries", "postings", "telemetry"):
        of_table, of_month = (
            {tuple(index["column_names"]) for index in inspect.get_indexes(name)}
            for name in (table, f"{table}_2040_01")
        )
        assert of_table == of_month
        assert inspect.get_pk_constraint(f"{table}_2040_01")["constrained_columns"][0] == "number"
        referred = [
            sorted((key["constrained_columns"][0], key["referred_table"]) for key in inspect.get_foreign_keys(name))
            for name in (table, f"{table}_2040_01")
        ]
        assert referred[0] == referred[1]


def test_who_was_about_to_stray_when_room_was_made_is_tried_again(platform):
    """Their row was on its way to no month's room, and may not go there any more."""
    month, account = Month(2042, 1), person_account(platform.organisation, ANA)
    issuing = issuing_account(platform.organisation)
    came = []

    def post_it(number):
        def once():
            transaction = Transaction(
                f"t{number}", platform.organisation, month.begin, (Posting(account, 1), Posting(issuing, -1))
            )
            with platform.store() as work:
                work.ledger.append([transaction], post(transaction, work.ledger.balances([account])))
                work.commit()

        def noted():
            try:
                once()
            except StoreError as error:
                came.append(error)
                raise

        again(noted)()

    post_it(1)  # strays, and makes the account
    waits = threading.Thread(target=post_it, args=(2,))
    with platform.store() as work:
        work.months.make([month])
        waits.start()
        until_somebody_waits(platform.store.engine)
        work.commit()
    waits.join(20)
    assert [type(error) for error in came] == [Interrupted], came
    assert counted(platform, "postings_2042_01") == 4
    assert platform.balance(ANA) == 2


def until_somebody_waits(engine):
    deadline = time.monotonic() + 20
    with engine.connect() as connection:
        while not connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)").scalar_one():
            assert time.monotonic() < deadline
            connection.rollback()
