"""Races of two processes on PostgreSQL: whoever is first, what is right stays right; each conflict is counted.

RVM_RACE_ROUNDS=200 pytest -s tests/races
"""

import pytest

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from adapters.sql.engine import open_engine
from adapters.sql.sheet import read_sheet
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.again import again
from application.platform.answer_once import AnswerOnce, Reply, StillInFlight
from application.platform.claim_session import ClaimSession
from application.platform.drop_months import DropMonths
from application.platform.found_organisation import FoundOrganisation
from application.platform.make_months import MakeMonths
from application.platform.one_transaction import OneTransaction
from application.platform.open_session import OpenSession
from application.platform.record_deposits import Batch, RecordDeposits
from application.platform.withdraw_session import WithdrawSession
from domain.deposits.recognition import Material
from domain.deposits.session import SessionOver, State
from domain.points.ledger import (
    Account,
    AccountKind,
    Overdrawn,
    Posting,
    Transaction,
    person_account,
    post,
    reversal,
)
from domain.retention.month import Month
from entrypoints.prove import proof_of
from tests.platform.files import keep_journal, keep_rig
from tests.platform.world import DAY, GLASS, KEY, Counting, Platform, TestClock, person
from tests.races.meeting import ROUNDS, Racers

pytestmark = [pytest.mark.slow]
KEPT = 12


@pytest.fixture
def racers(postgres_url):
    with Racers(postgres_url) as racers:
        yield racers


@pytest.fixture
def platform(racers):
    """A platform on the racers' database, in this process."""
    store = SqlUnitsOfWork(open_engine(racers.url))
    yield Platform(store)
    store.close()


@pytest.fixture(autouse=True)
def told(request, racers):
    yield
    name, seen, broken_off = request.node.name, racers.conflicts, racers.interrupted
    print(f"\n{name}: {ROUNDS} rounds, {seen} conflicts seen, {broken_off} transactions broken off")
    assert seen == ROUNDS, "a round without a conflict proves nothing"
    if request.node.get_closest_marker("may_break_off"):
        return
    meant = ROUNDS if request.node.get_closest_marker("breaks_off") else 0
    assert broken_off == meant, "who waits for a lock goes on in the end; nothing is begun again"


def proved(platform, racers, writers, folder):
    for writer in writers:
        keep_journal(folder / "machines" / writer.machine, writer)
        keep_rig(folder / "machines" / writer.machine, writer)
    assert proof_of(folder, database_url=racers.url, complete=True).findings == ()


# ------------------------------------------------------------------ what the two do


def record(store, wall, batch):
    recorded = RecordDeposits(store, TestClock(wall), Ed25519Verifier())(batch)
    return recorded.stored, recorded.replayed


def claim(store, wall, machine, token):
    return ClaimSession(store, TestClock(wall), Ed25519Verifier())(machine, token).why


def withdraw(store, wall, person, session):
    return WithdrawSession(store, TestClock(wall))(person, session).state


def open_session(store, wall, name, organisation, person):
    return OpenSession(store, TestClock(wall), Counting(name), Ed25519Signer(KEY))(organisation, person).session.id


def found(store, wall, name):
    return FoundOrganisation(store, TestClock(wall), Counting(name), Ed25519Signer(KEY))("Test").id


def append(store, transaction):
    """Post a transaction as a use case does: hold the balances, reckon, keep."""
    accounts = [posting.account for posting in transaction.postings if posting.account.has_balance]
    with store() as work:
        balances = work.ledger.balances(accounts)
        work.ledger.append([transaction], post(transaction, balances))
        work.commit()
    return balances.get(accounts[0])


def make_months(store, wall, organisation):
    return MakeMonths(organisation, store, TestClock(wall))()


def drop_months(store, wall, organisation):
    return DropMonths(organisation, store, TestClock(wall), Ed25519Signer(KEY), Ed25519Verifier(), KEPT)()


def strays(platform):
    with platform.store(read_only=True) as work:
        return work.months.strays()


def append_again(store, transaction):
    return again(append)(store, transaction)


class NoSeal:
    def sealed(self, body, place):
        return body

    def opened(self, sealed, place):
        return sealed


def answer_once(store, wall, organisation, key, name, person):
    transactions = OneTransaction(store)

    def effect():
        return Reply(201, open_session(transactions, wall, name, organisation, person).encode())

    return AnswerOnce(organisation, transactions, NoSeal(), TestClock(wall))("ana POST /sessions", key, b"", effect)


def batch_of(writer, entries=None):
    return Batch(writer.machine, writer.epoch, writer.reading(), [each.raw for each in entries or writer.entries])


# ------------------------------------------------------------------ the races


def test_two_workers_record_the_same_batch(racers, platform, tmp_path):
    machine = platform.machine()
    for number in range(ROUNDS):
        at = len(machine.entries) if number else 0
        machine.visit(platform.session(person("ana")).token, items=2)
        new = machine.entries[at:]
        both = (record, platform.clock.wall, batch_of(machine, new))
        came = racers.round(both, both)
        assert sorted(each.result for each in came) == [(0, len(new)), (len(new), 0)]
        assert platform.balance(person("ana")) == 2 * GLASS * (number + 1)
    proved(platform, racers, [machine], tmp_path)


def test_two_machines_credit_a_new_person_at_once(racers, platform, tmp_path):
    one, two = platform.machine("one"), platform.machine("two")
    at = {one.machine: 0, two.machine: 0}
    for number in range(ROUNDS):
        ana = person(f"ana {number}")
        tasks = []
        for machine in (one, two):
            token = platform.token(ana)
            machine.visit(token, items=1)
            new = machine.entries[at[machine.machine] :]
            at[machine.machine] = len(machine.entries)
            tasks.append((record, platform.clock.wall, batch_of(machine, new)))
        came = racers.round(*tasks)
        assert all(each.result[0] >= 4 for each in came), came
        assert platform.balance(ana) == 2 * GLASS
    proved(platform, racers, [one, two], tmp_path)


def test_one_session_claimed_on_two_machines(racers, platform):
    one, two = platform.machine("one"), platform.machine("two")
    for number in range(ROUNDS):
        token = platform.session(person(f"ana {number}")).token
        now = platform.clock.wall
        came = racers.round((claim, now, one.machine, token), (claim, now, two.machine, token))
        assert sorted(each.result for each in came) == ["claimed_elsewhere", "ok"]


def test_a_session_claimed_and_withdrawn_at_once(racers, platform):
    machine = platform.machine()
    for number in range(ROUNDS):
        ana, now = person(f"ana {number}"), platform.clock.wall
        opened = platform.session(ana)
        claimed, withdrawn = racers.round(
            (claim, now, machine.machine, opened.token), (withdraw, now, ana, opened.session.id)
        )
        with platform.store(read_only=True) as work:
            state = work.sessions.get(opened.session.id).state
            versions = [event.version for event in work.outbox.since(f"session:{opened.session.id}", 0, 9)]
        assert state is State.WITHDRAWN
        assert claimed.result in {"ok", "withdrawn"}
        assert withdrawn.result is State.WITHDRAWN or isinstance(withdrawn.result, SessionOver)
        assert versions == list(range(1, len(versions) + 1))


def test_a_balance_reversed_and_spent_at_once(racers, platform):
    redeeming = Account(platform.organisation, AccountKind.REDEEMING)
    machine = platform.machine()
    outcomes = {"spent first": 0, "reversed first": 0}
    for number in range(ROUNDS):
        ana = person(f"ana {number}")
        account = person_account(platform.organisation, ana)
        at = len(machine.entries) if number else 0
        machine.visit(platform.session(ana).token, items=1)
        platform.send(machine, machine.entries[at:])
        settled = next(e for e in machine.entries[at:] if e.kind.value == "item_settled")
        with platform.store(read_only=True) as work:
            credit = work.ledger.get(settled.id)
        spend = Transaction(
            f"spend {number}", platform.organisation, 1, (Posting(account, -GLASS), Posting(redeeming, GLASS))
        )
        reversed_, spent = racers.round(
            (append, reversal(credit, f"reversal {number}", 1)), (append, spend)
        )  # fmt: skip
        with platform.store(read_only=True) as work:
            balance = work.ledger.balance(account)
            lines = work.ledger.statement(account, None, 10)
        assert balance == sum(line.amount for line in lines)
        if isinstance(spent.result, Overdrawn):
            outcomes["reversed first"] += 1
            assert (reversed_.result, balance) == (GLASS, 0)
        else:
            outcomes["spent first"] += 1
            assert (spent.result, reversed_.result, balance) == (GLASS, 0, -GLASS)
    print(outcomes)


def test_a_balance_spent_twice_at_once(racers, platform):
    redeeming = Account(platform.organisation, AccountKind.REDEEMING)
    machine = platform.machine()
    for number in range(ROUNDS):
        ana = person(f"ana {number}")
        account = person_account(platform.organisation, ana)
        at = len(machine.entries) if number else 0
        machine.visit(platform.session(ana).token, items=1)
        platform.send(machine, machine.entries[at:])
        came = racers.round(
            *(
                (append, Transaction(f"{name} {number}", platform.organisation, 1,
                                     (Posting(account, -GLASS), Posting(redeeming, GLASS))))
                for name in ("one", "two")
            )
        )  # fmt: skip
        assert min(str(each.result) for each in came) == str(GLASS)
        assert sum(isinstance(each.result, Overdrawn) for each in came) == 1
        assert platform.balance(ana) == 0


def test_a_person_opens_two_sessions_at_once(racers, platform):
    for number in range(ROUNDS):
        ana = person(f"ana {number}")
        now = platform.clock.wall
        came = racers.round(
            (open_session, now, f"one {number}", platform.organisation, ana),
            (open_session, now, f"two {number}", platform.organisation, ana),
        )
        with platform.store() as work:
            states = sorted(work.sessions.get(each.result).state.value for each in came)
        assert states == [State.ISSUED.value, State.WITHDRAWN.value]


@pytest.mark.breaks_off
def test_one_request_sent_twice_at_once(racers, platform):
    for number in range(ROUNDS):
        ana = person(f"ana {number}")
        now = platform.clock.wall
        came = racers.round(
            *((answer_once, now + at, platform.organisation, f"key {number}", f"{at} {number}", ana) for at in (0, 1))
        )
        assert sum(isinstance(each.result, StillInFlight) for each in came) == 1, came
        with platform.store() as work:
            opened = work.sessions.open_of(ana)
        assert opened is not None
        assert opened.id.encode() in {each.result.body for each in came if isinstance(each.result, Reply)}


@pytest.mark.breaks_off
def test_a_deadlock_is_tried_again(racers, platform, tmp_path):
    """Two machines report the same two visits' sessions in opposite order: each holds what the other one wants."""
    one, two = platform.machine("one"), platform.machine("two")
    at = {one.machine: 0, two.machine: 0}
    for number in range(ROUNDS):
        tokens = [platform.session(person(f"{name} {number}")).token for name in ("ana", "ben")]
        tasks = []
        for machine, order in ((one, tokens), (two, tokens[::-1])):
            for token in order:
                machine.visit(token)
            new = machine.entries[at[machine.machine] :]
            at[machine.machine] = len(machine.entries)
            tasks.append((record, platform.clock.wall, batch_of(machine, new)))
        came = racers.round(*tasks, at_sessions=True)
        assert all(each.result[0] >= 8 for each in came), came
        assert sum(each.interrupted for each in came) == 1, "one of the two was given up by the server, and tried again"
        assert platform.balance(person(f"ana {number}")) == 2 * GLASS
    proved(platform, racers, [one, two], tmp_path)


def test_room_is_made_while_a_batch_that_has_none_is_recorded(racers, platform, tmp_path):
    machine = platform.machine()
    at = 0
    for number in range(ROUNDS):
        platform.clock.wall = wall = Month(2031, 1).later(9 * number).begin
        platform.publish(number + 2, {Material.GLASS: GLASS}, wall, wall + DAY)
        machine.visit(platform.session(person("ana")).token, items=2)
        new, at = machine.entries[at:], len(machine.entries)
        recorded, made = racers.round(
            (record, wall, batch_of(machine, new)), (make_months, wall, platform.organisation)
        )  # fmt: skip
        assert recorded.result == (len(new), 0)
        assert f"entries {Month.of(wall).name}" in made.result
        assert strays(platform) == []
    proved(platform, racers, [machine], tmp_path)


def test_a_month_goes_while_its_entries_come_again(racers, platform, tmp_path):
    machine = platform.machine()
    of_month = []
    for number in range(ROUNDS):
        platform.clock.wall = wall = Month(2031, 1).later(number).begin
        platform.publish(number + 2, {Material.GLASS: GLASS}, wall, wall + DAY)
        at = len(machine.entries) if number else 0
        machine.visit(platform.session(person("ana")).token, items=2)
        of_month.append(machine.entries[at:])
        platform.send(machine, of_month[-1])
    for number in range(ROUNDS):
        # New of this month besides: what is written and what goes are in each other's way.
        platform.clock.wall = wall = Month(2031, 1).later(ROUNDS + KEPT + number).begin
        ben = machine.visit(platform.session(person("ben")).token, items=0)
        batch = batch_of(machine, [*of_month[number], *ben])
        month = Month(2031, 1).later(number)
        gone, came = racers.round(
            (drop_months, month.later(KEPT + 1).begin, platform.organisation), (record, wall, batch)
        )  # fmt: skip
        assert gone.result == [month]
        assert came.result == (len(ben), len(of_month[number]))
        assert platform.balance(person("ana")) == 2 * GLASS * ROUNDS
    proved(platform, racers, [machine], tmp_path)


@pytest.mark.may_break_off
def test_points_are_taken_back_in_a_month_that_goes(racers, platform):
    """By a clock that is years behind: the posting is in the checkpoint, or it stands in no month; never nowhere."""
    machine = platform.machine()
    outcomes = {"in the checkpoint": 0, "in no month": 0}
    for number in range(ROUNDS):
        month = Month(2031, 1).later(number)
        ana = person(f"ana {number}")
        platform.clock.wall = month.begin
        platform.publish(number + 2, {Material.GLASS: GLASS}, month.begin, month.begin + DAY)
        at = len(machine.entries) if number else 0
        machine.visit(platform.session(ana).token, items=1)
        platform.send(machine, machine.entries[at:])
        settled = next(each for each in machine.entries[at:] if each.kind.value == "item_settled")
        with platform.store(read_only=True) as work:
            taken_back = reversal(work.ledger.get(settled.id), f"reversal {number}", month.begin + 1)
        wall = month.later(KEPT + 1).begin
        taken, gone = racers.round((append_again, taken_back), (drop_months, wall, platform.organisation))
        assert (taken.result, gone.result) == (GLASS, [month])
        with platform.store(read_only=True) as work:
            lines = work.ledger.statement(person_account(platform.organisation, ana), None, 9)
        outcomes["in no month" if lines else "in the checkpoint"] += 1
        sheet = read_sheet(platform.store.engine)
        assert (sheet.balanced, sheet.points) == (True, 0)
    print(outcomes)


def test_the_first_two_workers_found_one_organisation(postgres, postgres_template, racers):
    from tests.parts.databases import copied

    racers.conflicts = 0
    for number in range(ROUNDS):
        with copied(postgres, postgres_template) as url, Racers(url) as fresh:
            came = fresh.round((found, 1, f"one {number}"), (found, 1, f"two {number}"))
            assert came[0].result == came[1].result, came
            racers.conflicts += fresh.conflicts
