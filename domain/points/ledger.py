"""Points as a double-entry ledger: integers, append only, nothing written by hand.

    issuing  ──(credit)──▶  person        every transaction sums to zero per unit
    person   ──(reversal)─▶ issuing       only a reversal may take a person below zero

A balance is kept for people's accounts only: an issuing account is the sum of its postings, and so
never a row that every deposit has to touch. Balances are always computed by `post`.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping

from attrs import field, frozen

POINTS = "points"
"""The unit of points; money has its own when it comes."""
FEWEST_POSTINGS = 2
LARGEST = 2**53 - 1
"""No amount and no balance is larger, so that a number in a browser is the number in the ledger."""


class LedgerError(ValueError):
    """This cannot be posted; the message names the transaction and why."""


class Unbalanced(LedgerError):
    """The postings of a transaction do not sum to zero in some unit."""


class Malformed(LedgerError):
    """A transaction without postings, with a posting of nothing, or with one account twice."""


class OtherOrganisation(LedgerError):
    """A posting to an account of another organisation."""


class Overdrawn(LedgerError):
    """A person's account would go below zero, and the transaction is no reversal."""


class NotReversible(LedgerError):
    """A reversal cannot be reversed: what was wrong about it is posted anew."""


class AccountKind(str, enum.Enum):
    """Whose account it is."""

    PERSON = "person"
    ISSUING = "issuing"
    """Where points come from: its sum is minus all points that were ever given."""
    REDEEMING = "redeeming"
    """Where points go when they are spent."""


@frozen(cache_hash=True)
class Account:
    """One account of an organisation. `owner` is the person's id, or "" for the organisation's own."""

    organisation: str
    kind: AccountKind
    owner: str = ""
    unit: str = POINTS

    @functools.cached_property
    def id(self) -> str:
        """The one name of this account, in files and rows."""
        return f"{self.kind.value}:{self.owner or self.organisation}:{self.unit}"

    @property
    def has_balance(self) -> bool:
        """Whether a balance is kept beside the postings."""
        return self.kind is AccountKind.PERSON


def person_account(organisation: str, person: str) -> Account:
    """Return a person's account of points."""
    return Account(organisation=organisation, kind=AccountKind.PERSON, owner=person)


@functools.lru_cache(maxsize=256)
def issuing_account(organisation: str) -> Account:
    """Return the account that an organisation's points come from."""
    return Account(organisation=organisation, kind=AccountKind.ISSUING)


def _is_amount(_: object, __: object, amount: int) -> None:
    if amount == 0 or abs(amount) > LARGEST:
        raise Malformed(f"a posting moves 1..{LARGEST} either way, not {amount!r}")


@frozen
class Posting:
    """So much into one account (out of it when negative)."""

    account: Account
    amount: int = field(validator=_is_amount)


@frozen
class Transaction:
    """Postings that belong together. Raises Malformed, Unbalanced, OtherOrganisation when made otherwise."""

    id: str
    """For a credit the id of the `item_settled` entry that it is for: a second credit for it cannot exist."""
    organisation: str
    at: int
    """Microseconds UTC by the platform's clock."""
    postings: tuple[Posting, ...]
    reverses: str | None = None
    """The transaction that this one takes back."""

    def __attrs_post_init__(self) -> None:
        """Check the laws of the ledger."""
        names = [posting.account.id for posting in self.postings]
        if len(names) < FEWEST_POSTINGS or len(set(names)) != len(names):
            raise Malformed(f"transaction {self.id}: at least two postings, each to another account, not {names}")
        sums: dict[str, int] = {}
        for posting in self.postings:
            account = posting.account
            if account.organisation != self.organisation:
                raise OtherOrganisation(f"transaction {self.id}: {account.id} is not of {self.organisation}")
            sums[account.unit] = sums.get(account.unit, 0) + posting.amount
        for unit, total in sums.items():
            if total != 0:
                raise Unbalanced(f"transaction {self.id}: the postings in {unit} sum to {total}, not to zero")


def credit(id: str, organisation: str, person: str, points: int, at: int) -> Transaction:
    """Return the transaction that gives a person points. Raises Malformed unless there is at least one."""
    if points < 1:
        raise Malformed(f"transaction {id}: a credit gives at least one point, not {points}")
    return Transaction(
        id=id,
        organisation=organisation,
        at=at,
        postings=(
            Posting(issuing_account(organisation), -points),
            Posting(person_account(organisation, person), points),
        ),
    )


def reversal(of: Transaction, id: str, at: int) -> Transaction:
    """Return the transaction that takes another one back. Raises NotReversible for a reversal."""
    if of.reverses is not None:
        raise NotReversible(f"transaction {of.id} is itself a reversal")
    return Transaction(
        id=id,
        organisation=of.organisation,
        at=at,
        postings=tuple(Posting(posting.account, -posting.amount) for posting in of.postings),
        reverses=of.id,
    )


def post(transaction: Transaction, balances: Mapping[Account, int]) -> dict[Account, int]:
    """Return the new balances of the people's accounts that a transaction touches.

    `balances` holds them as they are; an account that is not in it is new and empty. Raises Overdrawn.
    """
    after: dict[Account, int] = {}
    for posting in transaction.postings:
        if not posting.account.has_balance:
            continue
        balance = balances.get(posting.account, 0) + posting.amount
        if balance < 0 and posting.amount < 0 and transaction.reverses is None:
            raise Overdrawn(f"transaction {transaction.id}: {posting.account.id} would be left with {balance}")
        if abs(balance) > LARGEST:
            raise Malformed(f"transaction {transaction.id}: {posting.account.id} would hold {balance}")
        after[posting.account] = balance
    return after
