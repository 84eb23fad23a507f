"""The sums of the whole store in one look: what an operator sees of the ledger while everything runs.

This is a glance, not the proof: `rvm prove` recomputes every hash and verdict from the files.
"""

from __future__ import annotations

import sqlalchemy as sa
from attrs import frozen

from adapters.sql.engine import reading

_PAYS = "('credited', 'repriced')"
_DEPOSITS = "SELECT COUNT(*) FROM items WHERE accepted AND outcome IN ('stored', 'unknown')"
_CREDITED = (
    "SELECT COALESCE(SUM(amount), 0) FROM postings JOIN accounts ON account_id = accounts.id WHERE kind = 'person'"
)
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
_WRONG = """
SELECT COUNT(*) FROM (
    SELECT accounts.id FROM accounts
    LEFT JOIN balances ON balances.account_id = accounts.id
    LEFT JOIN postings ON postings.account_id = accounts.id
    WHERE kind = 'person'
    GROUP BY accounts.id, balance HAVING COALESCE(SUM(amount), 0) <> COALESCE(balance, 0)
) AS wrong
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
    """Balances that are not the sum of their postings."""

    @property
    def balanced(self) -> bool:
        """Whether nothing is amiss."""
        return not (self.lost or self.doubled or self.uneven or self.wrong)


def read_sheet(engine: sa.Engine) -> Sheet:
    """Add up the store, in one transaction."""
    with reading(engine).connect() as connection:
        numbers = [
            int(connection.execute(sa.text(question)).scalar_one())
            for question in (_DEPOSITS, _CREDITED, _LOST, _DOUBLED, _UNEVEN, _WRONG)
        ]
    return Sheet(*numbers)
