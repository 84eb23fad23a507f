"""The ledger's laws, in any order of credits, spending and reversals, on both stores' rules."""

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from application.ports.unit_of_work import AlreadyThere
from domain.points.ledger import (
    LARGEST,
    Account,
    AccountKind,
    Malformed,
    NotReversible,
    OtherOrganisation,
    Overdrawn,
    Posting,
    Transaction,
    Unbalanced,
    credit,
    issuing_account,
    person_account,
    post,
    reversal,
)
from domain.points.proof import StoredLedger, StoredTransaction, prove_ledger
from simulators.platform_store import SimulatedStore

ORGANISATION = "house"
PEOPLE = ["ana", "ben", "cem"]
ISSUING = issuing_account(ORGANISATION)
REDEEMING = Account(ORGANISATION, AccountKind.REDEEMING)


def spend(id: str, person: str, points: int) -> Transaction:
    account = person_account(ORGANISATION, person)
    return Transaction(id, ORGANISATION, 0, (Posting(account, -points), Posting(REDEEMING, points)))


class LedgerMachine(RuleBasedStateMachine):
    """Credits, spends and reverses in any order, beside a plain model of what everybody has."""

    credits = Bundle("credits")

    def __init__(self):
        super().__init__()
        self.store = SimulatedStore()
        self.has = dict.fromkeys(PEOPLE, 0)
        self.transactions: list[Transaction] = []
        self.reversed: set[str] = set()

    def append(self, transaction: Transaction) -> None:
        accounts = [posting.account for posting in transaction.postings if posting.account.has_balance]
        with self.store() as work:
            work.ledger.append([transaction], post(transaction, work.ledger.balances(accounts)))
            work.commit()
        self.transactions.append(transaction)

    @rule(target=credits, person=st.sampled_from(PEOPLE), points=st.integers(1, 1000))
    def credit(self, person, points):
        transaction = credit(f"t{len(self.transactions)}", ORGANISATION, person, points, 0)
        self.append(transaction)
        self.has[person] += points
        return transaction

    @rule(target=credits, person=st.sampled_from(PEOPLE), points=st.integers(1, 1000))
    def spend(self, person, points):
        transaction = spend(f"t{len(self.transactions)}", person, points)
        if self.has[person] < points:
            with pytest.raises(Overdrawn):
                self.append(transaction)
            return multiple()
        self.append(transaction)
        self.has[person] -= points
        return transaction

    @rule(transaction=credits)
    def reverse(self, transaction):
        undone = reversal(transaction, f"t{len(self.transactions)}", 0)
        if transaction.id in self.reversed:
            with pytest.raises(AlreadyThere):
                self.append(undone)
            return
        self.append(undone)
        self.reversed.add(transaction.id)
        for posting in undone.postings:
            if posting.account.has_balance:
                self.has[posting.account.owner] += posting.amount

    @rule(transaction=credits)
    def the_same_again(self, transaction):
        with pytest.raises(AlreadyThere), self.store() as work:
            work.ledger.append([transaction], {})

    @invariant()
    def balances_are_what_everybody_has(self):
        with self.store(read_only=True) as work:
            for person, points in self.has.items():
                assert work.ledger.balance(person_account(ORGANISATION, person)) == points
                lines = work.ledger.statement(person_account(ORGANISATION, person), None, 10_000)
                assert sum(line.amount for line in lines) == points

    @invariant()
    def everything_sums_to_zero(self):
        assert sum(posting.amount for each in self.transactions for posting in each.postings) == 0

    @invariant()
    def nobody_is_below_zero_but_by_a_reversal(self):
        assert self.reversed or all(points >= 0 for points in self.has.values())

    @invariant()
    def the_proof_finds_nothing(self):
        rows = self.store.rows
        accounts = {p.account.id: p.account for each in rows.transactions for p in each.postings}
        stored = [
            StoredTransaction(each.id, each.organisation, each.at, each.reverses,
                              [(posting.account.id, posting.amount) for posting in each.postings])
            for each in rows.transactions
        ]  # fmt: skip
        balances = {account.id: balance for account, balance in rows.balances.items()}
        due = {each.id: each for each in rows.transactions if each.reverses is None}
        assert list(prove_ledger(StoredLedger(stored, accounts, balances, []), due)) == []


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
TestLedger.pytestmark = [pytest.mark.property]


def test_a_transaction_that_does_not_sum_to_zero_cannot_be_made():
    ana = person_account(ORGANISATION, "ana")
    with pytest.raises(Unbalanced, match="sum to 1"):
        Transaction("t", ORGANISATION, 0, (Posting(ISSUING, -4), Posting(ana, 5)))


def test_units_do_not_make_up_for_each_other():
    cents = Account(ORGANISATION, AccountKind.PERSON, "ana", "cents")
    with pytest.raises(Unbalanced):
        Transaction("t", ORGANISATION, 0, (Posting(ISSUING, -5), Posting(cents, 5)))


@pytest.mark.parametrize(
    "postings",
    [(), (Posting(ISSUING, 5),), (Posting(ISSUING, 5), Posting(ISSUING, -5))],
)
def test_a_transaction_has_two_postings_each_to_another_account(postings):
    with pytest.raises(Malformed):
        Transaction("t", ORGANISATION, 0, postings)


@pytest.mark.parametrize("amount", [0, LARGEST + 1, -LARGEST - 1])
def test_a_posting_moves_something_that_a_browser_can_count(amount):
    with pytest.raises(Malformed):
        Posting(ISSUING, amount)


def test_nobody_posts_into_another_organisation():
    with pytest.raises(OtherOrganisation):
        Transaction("t", ORGANISATION, 0, (Posting(ISSUING, -5), Posting(person_account("elsewhere", "ana"), 5)))


def test_only_a_reversal_goes_below_zero():
    ana = person_account(ORGANISATION, "ana")
    given = credit("one", ORGANISATION, "ana", 10, 0)
    with pytest.raises(Overdrawn):
        post(spend("two", "ana", 11), {ana: 10})
    assert post(reversal(given, "three", 0), {ana: 4}) == {ana: -6}
    with pytest.raises(NotReversible):
        reversal(reversal(given, "three", 0), "four", 0)


def test_a_credit_gives_something():
    with pytest.raises(Malformed):
        credit("t", ORGANISATION, "ana", 0, 0)


def test_a_transaction_once_and_a_reversal_once(store):
    given = credit("one", "house", "ana", 10, 0)
    ana = person_account("house", "ana")
    with store() as work:
        from application.ports.repositories import Organisation

        work.organisations.add(Organisation("house", "House", 0))
        work.ledger.append([given], {ana: 10})
        work.commit()
    for again in (given, evolve(reversal(given, "two", 0), id="one")):
        with pytest.raises(AlreadyThere), store() as work:
            work.ledger.append([again], {ana: 0})
    with store() as work:
        work.ledger.append([reversal(given, "two", 0)], {ana: 0})
        work.commit()
    with pytest.raises(AlreadyThere), store() as work:
        work.ledger.append([reversal(given, "three", 0)], {ana: -10})
    with store(read_only=True) as work:
        assert work.ledger.balance(ana) == 0
        assert work.ledger.get("two") == reversal(given, "two", 0)
        assert [line.amount for line in work.ledger.statement(ana, None, 10)] == [-10, 10]
