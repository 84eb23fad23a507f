"""The proof of a ledger from its rows: what must be true of them, whatever code wrote them.

Nothing here uses what the ledger says about itself: sums, balances and credits are worked out anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from domain.points.ledger import Account, Transaction


@frozen
class Finding:
    """Something that is not as it must be. `culprit` names the row, file or entry."""

    rule: str
    culprit: str
    detail: str


@frozen
class StoredTransaction:
    """A transaction as its rows have it, right or wrong. Postings are (account id, amount)."""

    id: str
    organisation: str
    at: int
    reverses: str | None
    postings: Sequence[tuple[str, int]]


@frozen
class StoredLedger:
    """All rows of a ledger, transactions in the order in which they were written."""

    transactions: Sequence[StoredTransaction]
    accounts: Mapping[str, Account]
    balances: Mapping[str, int]
    orphans: Sequence[tuple[str, str, int]]
    """Postings without a transaction: transaction id, account id, amount."""
    since: int = 0
    """Transactions before this moment, microseconds UTC, may be without their postings: these went with their month."""
    past: Mapping[str, int] = field(factory=dict)
    """What the postings that went sum to, by account."""

    def gone(self, transaction: StoredTransaction) -> bool:
        """Whether a transaction's postings went with their month."""
        return transaction.at < self.since and not transaction.postings


def prove_ledger(ledger: StoredLedger, due: Mapping[str, Transaction]) -> Iterator[Finding]:
    """Find what is wrong with a ledger. `due` holds the credits that verdicts ask for, by transaction."""
    yield from prove_transactions(ledger, due)
    yield from _balances(ledger)


def prove_transactions(ledger: StoredLedger, due: Mapping[str, Transaction]) -> Iterator[Finding]:
    """Find what is wrong with a ledger's transactions: as `prove_ledger`, whatever the balances are."""
    yield from _accounts(ledger)
    for of, account, amount in ledger.orphans:
        yield Finding("posting", f"transaction {of}", f"{amount} to {account} belongs to no transaction")
    for transaction in ledger.transactions:
        if not ledger.gone(transaction):
            yield from _balanced(transaction, ledger.accounts)
    yield from _credits(ledger, due)


def _accounts(ledger: StoredLedger) -> Iterator[Finding]:
    for id, account in ledger.accounts.items():  # noqa: A001 - it is one
        if account.id != id:
            yield Finding("account", f"account {id}", f"its own parts name it {account.id}")


def _balanced(transaction: StoredTransaction, accounts: Mapping[str, Account]) -> Iterator[Finding]:
    where = f"transaction {transaction.id}"
    sums: dict[str, int] = {}
    names = [name for name, _ in transaction.postings]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding("posting", where, f"{names.count(name)} postings to {name}: each account has one at most")
    for name, amount in transaction.postings:
        account = accounts.get(name)
        if account is None:
            yield Finding("posting", where, f"{amount} goes to {name}, which is no account")
            continue
        if account.organisation != transaction.organisation:
            yield Finding("posting", where, f"{name} is not of organisation {transaction.organisation}")
        sums[account.unit] = sums.get(account.unit, 0) + amount
    for unit, total in sums.items():
        if total != 0:
            yield Finding("sum", where, f"its postings in {unit} sum to {total}, not to zero")
    if not transaction.postings:
        yield Finding("posting", where, "it has no postings")


def _credits(ledger: StoredLedger, due: Mapping[str, Transaction]) -> Iterator[Finding]:
    """Every credit that is due is there once, as it must be, and nothing else is."""
    stored = {transaction.id: transaction for transaction in ledger.transactions}
    for id, wanted in due.items():  # noqa: A001 - it is one
        found = stored.get(id)
        if found is None:
            yield Finding("credit", f"transaction {id}", "a verdict asks for it, and it is not there")
        elif _plain(found.postings) != _plain([(each.account.id, each.amount) for each in wanted.postings]):
            yield Finding("credit", f"transaction {id}", f"its postings are not those due: {_said(found.postings)}")
    for transaction in ledger.transactions:
        if ledger.gone(transaction):
            continue
        if transaction.reverses is not None:
            of = stored.get(transaction.reverses)
            if of is None or not ledger.gone(of):
                yield from _reversal(transaction, of)
        elif transaction.id not in due:
            yield Finding(
                "credit", f"transaction {transaction.id}", f"no verdict asks for {_said(transaction.postings)}"
            )


def _reversal(transaction: StoredTransaction, of: StoredTransaction | None) -> Iterator[Finding]:
    where = f"transaction {transaction.id}"
    if of is None:
        yield Finding("reversal", where, f"it reverses {transaction.reverses}, which is not there")
    elif _plain(transaction.postings) != _plain([(name, -amount) for name, amount in of.postings]):
        yield Finding("reversal", where, f"its postings are not those of {of.id} taken back")


def _balances(ledger: StoredLedger) -> Iterator[Finding]:
    """Each balance is the sum of the postings, and only a reversal ever took one below zero."""
    sums = dict(ledger.past)
    for transaction in ledger.transactions:
        for name, amount in transaction.postings:
            sums[name] = sums.get(name, 0) + amount
            account = ledger.accounts.get(name)
            if account and account.has_balance and amount < 0 and sums[name] < 0 and transaction.reverses is None:
                yield Finding("overdrawn", f"transaction {transaction.id}", f"{name} was left with {sums[name]}")
    for _, name, amount in ledger.orphans:
        sums[name] = sums.get(name, 0) + amount
    for name, account in ledger.accounts.items():
        if account.has_balance and name not in ledger.balances:
            yield Finding("balance", f"account {name}", f"it has no balance; its postings sum to {sums.get(name, 0)}")
    for name, balance in ledger.balances.items():
        known = ledger.accounts.get(name)
        if known is None or not known.has_balance:
            yield Finding("balance", f"account {name}", "a balance is kept for people's accounts only")
        elif balance != sums.get(name, 0):
            yield Finding("balance", f"account {name}", f"it says {balance}, its postings sum to {sums.get(name, 0)}")


def _plain(postings: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(postings)


def _said(postings: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{amount:+} to {name}" for name, amount in postings)
