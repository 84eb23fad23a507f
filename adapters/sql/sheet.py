"""The sums of the whole store in one look: what an operator sees of the ledger while everything runs.

This is a glance, not the proof: `rvm prove` recomputes every hash and verdict from the files.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from attrs import frozen

from adapters.sql.engine import reading
from adapters.sql.tables.checkpoints import CHECKPOINTS
from domain.retention.checkpoint import Past, read

_PAYS = "('credited', 'repriced')"
_DEPOSITS = "SELECT COUNT(*) FROM items WHERE accepted AND outcome IN ('stored', 'unknown')"
_CREDITED = (
    "SELECT COALESCE(SUM(amount), 0) FROM postings JOIN accounts ON account_id = accounts.id WHERE kind = 'person'"
)
_WENT = "SELECT id FROM accounts WHERE kind = 'person'"
_LOST = f"""
SELECT COUNT(*) FROM verdicts
JOIN links ON links.machine_id = verdicts.machine_id AND links.hash = verdicts.hash
JOIN items ON items.id = verdicts.item_id
LEFT JOIN transactions ON transactions.id = links.entry_id
WHERE standing IN {_PAYS} AND verdicts.points > 0 AND items.person_id IS NOT NULL AND transactions.id IS NULL
"""  # noqa: S608 (our own words)
_DOUBLED = f"""
SELECT COUNT(*) FROM (
    SELECT verdicts.item_id FROM verdicts
    JOIN links ON links.machine_id = verdicts.machine_id AND links.hash = verdicts.hash
    JOIN transactions ON transactions.id = links.entry_id
    WHERE standing IN {_PAYS}
    GROUP BY verdicts.item_id HAVING COUNT(*) > 1
) AS doubled
"""  # noqa: S608 (our own words)
_UNEVEN = """
SELECT COUNT(*) FROM (
    SELECT transaction_id FROM postings JOIN accounts ON account_id = accounts.id
    GROUP BY transaction_id, unit HAVING SUM(amount) <> 0
) AS uneven
"""
_UNLIKE = """
SELECT accounts.id, COALESCE(balance, 0) - COALESCE(SUM(amount), 0) FROM accounts
LEFT JOIN balances ON balances.account_id = accounts.id
LEFT JOIN postings ON postings.account_id = accounts.id
WHERE kind = 'person'
GROUP BY accounts.id, balance HAVING COALESCE(SUM(amount), 0) <> COALESCE(balance, 0)
"""


@frozen
class Sheet:
    """What the store adds up to."""

    deposits: int
    """Items that were paid for or are held: accepted, and stored or unknown."""
    points: int
    """Points on people's accounts."""
    lost: int
    """Verdicts that pay and have no transaction."""
    doubled: int
    """Items that were paid for more than once."""
    uneven: int
    """Transactions that do not sum to zero."""
    wrong: int
    """Balances that are not the sum of their postings, those that went with their month included."""

    @property
    def balanced(self) -> bool:
        """Whether nothing is amiss."""
        return not (self.lost or self.doubled or self.uneven or self.wrong)


def read_sheet(engine: sa.Engine) -> Sheet:
    """Add up the store, in one transaction."""
    with reading(engine).connect() as connection:
        deposits, points, lost, doubled, uneven = (
            int(connection.execute(sa.text(question)).scalar_one())
            for question in (_DEPOSITS, _CREDITED, _LOST, _DOUBLED, _UNEVEN)
        )
        people = set(connection.execute(sa.text(_WENT)).scalars())
        went = {account: amount for account, amount in _went(connection).items() if account in people}
        unlike: dict[str, int] = {account: int(by) for account, by in connection.execute(sa.text(_UNLIKE))}
    wrong = sum(unlike.get(account, 0) != went.get(account, 0) for account in {*unlike, *went})
    return Sheet(deposits, points + sum(went.values()), lost, doubled, uneven, wrong)


def _went(connection: sa.Connection) -> Mapping[str, int]:
    """Return what the postings of the months that went sum to, by account, as the checkpoints say."""
    past = Past()
    for raw in connection.execute(sa.select(CHECKPOINTS.c.raw).order_by(CHECKPOINTS.c.until)).scalars():
        past = past.after(read(bytes(raw)), bytes(raw))
    return past.sums
