"""A person's balance and statement where many were paid for long, beside where few were: PostgreSQL.

Two databases of one server, each with two years of postings in their months' partitions and the same number of postings
for each person; only the number of people differs. RVM_BENCH_POSTINGS sets how many postings the long one has
(10,000,000 is what the goal speaks of), the short one has 10,000. Filled by `generate_series`, then vacuumed.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from attrs import frozen

from adapters.sql.engine import open_engine
from adapters.sql.migrate import migrate
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.read_balance import ReadBalance, ReadStatement
from application.ports.repositories import Organisation
from benchmarks.row import Beside, Goal, Row, seconds_each
from domain.retention.month import Month
from entrypoints.parts.postgres import PostgresServer

LONG = int(os.environ.get("RVM_BENCH_POSTINGS", "1000000"))
SHORT = 10_000
EACH = 100
"""Postings of one person."""
MONTHS = 24
BEGIN = Month(2025, 1)
ASKED = 1_000
"""Questions of each kind to each side."""
GOAL = Goal(at_most=1.3)
HOUSE = "00000000-0000-7000-8000-000000000001"
_ISSUING = f"issuing:{HOUSE}:points"
_PERSON = "md5({number}::text)::uuid::text"
_INDEXES = {
    "ix_postings_account": "INDEX ix_postings_account ON postings (account_id, number)",
    "ix_postings_transaction": "INDEX ix_postings_transaction ON postings (transaction_id)",
}


@frozen
class Side:
    """One of the two databases."""

    store: SqlUnitsOfWork
    people: Sequence[str]
    drawn: random.Random

    def balance(self) -> None:
        """Read somebody's balance."""
        assert ReadBalance(self.store)(HOUSE, self.drawn.choice(self.people)) == EACH

    def statement(self) -> None:
        """Read the first page of somebody's statement."""
        assert ReadStatement(self.store)(HOUSE, self.drawn.choice(self.people), None, 50)


def rows() -> Sequence[Row]:
    """Fill both and measure."""
    with PostgresServer() as server:
        began = time.perf_counter()
        urls = [server.create_database(name) for name in ("long", "short")]
        with filled(urls[0], LONG) as many, filled(urls[1], SHORT) as few:
            seconds = time.perf_counter() - began
            sizes = f"{LONG:,} postings of {len(many.people):,} people beside {SHORT:,} of {len(few.people)}"
            drawn = f"{ASKED} questions to each side in turns, each about somebody drawn anew; pages of 50"
            parts = f"{EACH} postings each, {MONTHS} monthly partitions on both sides"
            server_ = f"PostgreSQL {version(many)}, shared_buffers 64 MB, fsync on, one connection"
            told = (f"{sizes}, {parts}; filled in {seconds:,.0f} s", f"median of {drawn}; {server_}")
            return [
                measured("balance", many.balance, few.balance, told),
                measured("statement, 50 lines", many.statement, few.statement, told),
            ]


def measured(name: str, many: Callable[[], None], few: Callable[[], None], settings: tuple[str, ...]) -> Row:
    """Time one question on both sides, in turns."""
    taken = {side: 1000 * seconds for side, seconds in seconds_each({"many": many, "few": few}, rounds=ASKED).items()}
    return Row(
        name=f"{name}, {LONG:,} postings", value=taken["many"], unit="ms",
        beside=Beside(f"{SHORT:,} postings", taken["few"]), goal=GOAL, settings=settings,
    )  # fmt: skip


@contextmanager
def filled(url: str, postings: int) -> Iterator[Side]:
    """A database with so many postings, half of them people's."""
    engine = open_engine(url)
    migrate(engine)
    store = SqlUnitsOfWork(engine)
    with store() as work:
        work.organisations.add(Organisation(HOUSE, "Bench", 1))
        work.months.make([BEGIN.later(month) for month in range(MONTHS)])
        work.commit()
    people = max(1, postings // 2 // EACH)
    # By the bare driver: filling keeps the server busier than any platform would put up with.
    bare = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with bare.begin() as connection:
        fill(connection, postings // 2, people)
    with bare.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    bare.dispose()
    with engine.connect() as connection:
        ids = connection.exec_driver_sql("SELECT owner FROM accounts WHERE kind = 'person'").scalars().all()
    yield Side(store, ids, random.Random(29))
    store.close()


def fill(connection: sa.Connection, transactions: int, people: int) -> None:
    """Credit people in turns, evenly over the months."""
    run, step = connection.exec_driver_sql, (BEGIN.later(MONTHS).begin - BEGIN.begin) // transactions
    who = _PERSON.format(number=f"mod(n, {people})")
    at = f"{BEGIN.begin} + (n - 1)::bigint * {step}"
    series = f"FROM generate_series(1, {transactions}) AS n"
    run("SET LOCAL maintenance_work_mem = '256MB'")
    for index in _INDEXES:
        run(f"DROP INDEX {index}")
    run(f"INSERT INTO accounts VALUES ('{_ISSUING}', '{HOUSE}', 'issuing', '', 'points')")
    owner = _PERSON.format(number="n")
    run(f"INSERT INTO accounts SELECT 'person:' || {owner} || ':points', '{HOUSE}', 'person', {owner}, 'points'"
        f" FROM generate_series(0, {people - 1}) AS n")  # fmt: skip
    run(f"INSERT INTO balances SELECT id, {EACH}, '{HOUSE}' FROM accounts WHERE kind = 'person'")
    id_ = "md5('t' || n)::uuid::text"
    run(f"INSERT INTO transactions (id, organisation_id, at) SELECT {id_}, '{HOUSE}', {at} {series}")
    both = f"(VALUES ('{_ISSUING}', -1), (NULL, 1)) AS side (account, amount)"
    run("INSERT INTO postings (transaction_id, account_id, amount, organisation_id, at)"
        f" SELECT {id_}, COALESCE(account, 'person:' || {who} || ':points'), amount, '{HOUSE}', {at}"
        f" {series} CROSS JOIN {both}")  # fmt: skip
    for index in _INDEXES.values():
        run(f"CREATE {index}")


def version(side: Side) -> str:
    """Return the server's."""
    with side.store.engine.connect() as connection:
        return str(connection.exec_driver_sql("SHOW server_version").scalar_one())
