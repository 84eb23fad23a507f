"""What every store promises of months: a row of any month is kept and found, whether or not it has room of its own."""

import pytest

from application.ports.care import TimedSample
from application.ports.repositories import Organisation
from domain.fleet.machine import Machine
from domain.fleet.telemetry import Sample
from domain.points.ledger import credit, person_account, post
from domain.retention.month import Month
from tests.platform.conftest import empty_database, memory_store, sqlite_store, store  # noqa: F401 - fixtures

HOUSE = "00000000-0000-7000-8000-000000000001"
LONG_AGO, LATER = Month(1999, 12), Month(2031, 5)


@pytest.fixture
def begin(store):  # noqa: F811
    return founded(store)


def founded(store):  # noqa: F811
    """A store with an organisation and a machine in it."""
    with store() as work:
        work.organisations.add(Organisation(HOUSE, "House", 1))
        work.machines.add(Machine("m1", HOUSE, "Hall", "k" * 20, 1))
        work.commit()
    return store


def timed(number, at):
    return TimedSample(at, Sample("b1", number, at, at, trusted=True, measures={}, serving=True, faults=(), words={}))


def paid(begin, number, at):
    transaction = credit(f"t{number}", HOUSE, "ana", 5, at)
    with begin() as work:
        account = person_account(HOUSE, "ana")
        work.ledger.append([transaction], post(transaction, work.ledger.balances([account])))
        work.care.telemetry.add(HOUSE, "m1", [timed(number, at)], at)
        work.commit()


def made(begin, *months):
    with begin() as work:
        told = work.months.make(months)
        work.commit()
    return told


def strays(begin):
    with begin(read_only=True) as work:
        return work.months.strays()


def test_a_row_of_any_month_is_kept_and_moves_into_its_month(begin):
    paid(begin, 1, LONG_AGO.begin)
    paid(begin, 2, LONG_AGO.end - 1)
    paid(begin, 3, LATER.begin)
    outside = strays(begin)
    made(begin, LONG_AGO, LATER)
    assert strays(begin) == []
    assert made(begin, LONG_AGO, LATER) == []
    assert {(stray.table, stray.month, stray.rows) for stray in outside} in (
        set(),
        {(table, month, rows) for table in ("postings", "telemetry") for month, rows in ((LONG_AGO, 2), (LATER, 1))}
        - {("postings", LONG_AGO, 2), ("postings", LATER, 1)}
        | {("postings", LONG_AGO, 4), ("postings", LATER, 2)},
    )
    paid(begin, 4, LATER.end - 1)
    assert strays(begin) == []
    with begin(read_only=True) as work:
        account = person_account(HOUSE, "ana")
        assert [line.amount for line in work.ledger.statement(account, None, 9)] == [5] * 4
        assert work.ledger.balance(account) == 20
        assert [each.at for each in work.care.telemetry.samples("m1", 0, LATER.end, 9)] == [
            LONG_AGO.begin, LONG_AGO.end - 1, LATER.begin, LATER.end - 1,
        ]  # fmt: skip


def test_months_of_samples_go_when_they_are_over_and_the_rest_row_by_row(begin):
    made(begin, LONG_AGO, LONG_AGO.later(1))
    for number, at in enumerate((LONG_AGO.begin, LONG_AGO.end - 1, LONG_AGO.end, LONG_AGO.end + 1)):
        paid(begin, number, at)
    with begin() as work:
        early = work.months.drop_samples(LONG_AGO.end - 1)
        whole = work.months.drop_samples(LONG_AGO.end + 1)
        rest = work.care.telemetry.drop_before(LONG_AGO.end + 1, 9)
        work.commit()
    assert (early, whole + rest) == (0, 3)
    with begin(read_only=True) as work:
        assert [each.at for each in work.care.telemetry.samples("m1", 0, LATER.end, 9)] == [LONG_AGO.end + 1]
        assert work.ledger.balance(person_account(HOUSE, "ana")) == 20
        assert work.care.telemetry.held("m1", ["b1"]) == {"b1": 3}


def test_nothing_is_made_without_a_commit(begin):
    with begin() as work:
        told = work.months.make([LATER])
    assert made(begin, LATER) == told
