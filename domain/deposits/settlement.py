"""The platform's verdict on what a machine reported.

Order is not judgement: every entry is kept, and the verdict stands beside it, where a review may change
it. Pure: it follows from the entry, its corrected time, the token, the price lists and the day's count.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from attrs import frozen

from domain.deposits.acceptance import Decision
from domain.deposits.bodies import ItemDecided, Outcome
from domain.deposits.corrected_time import Span
from domain.points.price_list import PriceList

UNKNOWN_A_DAY = 20
"""Items of unknown outcome that one machine is paid for in a day; what comes after is held for a review."""
DAY = 86_400_000_000
"""Microseconds."""


class Standing(str, enum.Enum):
    """What the platform makes of a settled item."""

    CREDITED = "credited"
    REPRICED = "repriced"
    """Credited, with other points than the machine promised."""
    HELD = "held"
    """Nothing is credited until a person has looked at it."""
    REFUSED = "refused"
    NOTHING_DUE = "nothing_due"
    """There is nothing to pay for: returned, never accepted, or nobody to be paid."""


class Why(str, enum.Enum):
    """The reason of a verdict: a closed list."""

    PROMISED = "promised"
    """The promise on the screen is kept."""
    NO_PROMISE = "no_promise"
    """Items were counted on the screen; the list in force is paid."""
    UNKNOWN_LIST = "unknown_list"
    LIST_NOT_IN_FORCE = "list_not_in_force"
    PROMISE_DIFFERS = "promise_differs"
    """The machine promised other points than the list it names gives."""
    NO_PRICE_LIST = "no_price_list"
    TOO_MANY_UNKNOWN = "too_many_unknown"
    RETURNED = "returned"
    NOT_ACCEPTED = "not_accepted"
    GUEST = "guest"
    TECHNICIAN = "technician"
    MALFORMED_TOKEN = "malformed_token"  # noqa: S105 - a word, not a password
    FORGED_TOKEN = "forged_token"  # noqa: S105 - a word, not a password
    OTHER_ORGANISATION = "other_organisation"
    OTHER_MACHINE = "other_machine"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - a word, not a password
    REUSED_ID = "reused_id"
    """The entry's id was taken by an entry with other bytes."""
    UNKNOWN_VISIT = "unknown_visit"
    UNKNOWN_ITEM = "unknown_item"
    ALREADY_SETTLED = "already_settled"
    MALFORMED_BODY = "malformed_body"


@frozen
class Verdict:
    """What the platform makes of an entry, and why. `points` are due (credited), or would be (held)."""

    standing: Standing
    why: Why
    points: int = 0
    price_list: str | None = None


def refused(why: Why) -> Verdict:
    """Return the verdict on what nothing is paid for because something is wrong with it."""
    return Verdict(Standing.REFUSED, why)


def nothing_due(decision: Decision, outcome: Outcome) -> Verdict | None:
    """Return the verdict when the item itself leaves nothing to pay for, else None."""
    if outcome is Outcome.RETURNED:
        return Verdict(Standing.NOTHING_DUE, Why.RETURNED)
    if not decision.accepted:
        return Verdict(Standing.NOTHING_DUE, Why.NOT_ACCEPTED)
    return None


def judge(
    decided: ItemDecided, outcome: Outcome, span: Span, lists: Sequence[PriceList], unknown_today: int,
    bound: int = UNKNOWN_A_DAY,
) -> Verdict:  # fmt: skip
    """Return the verdict on an accepted, stored or unknown item of a person whose token is sound.

    `span` is the time of its `item_decided`, `lists` are the organisation's, `unknown_today` counts the items
    of unknown outcome that this machine had on that day before this one.
    """
    due = price(decided, span, lists)
    if due.standing is not Standing.HELD and outcome is Outcome.UNKNOWN and unknown_today >= bound:
        return Verdict(Standing.HELD, Why.TOO_MANY_UNKNOWN, due.points, due.price_list)
    return due


def price(decided: ItemDecided, span: Span, lists: Sequence[PriceList]) -> Verdict:
    """Return what an item is worth: the promise if its list was in force, else the list that was."""
    label, promise = decided.recognition.label, decided.promise
    why = Why.NO_PROMISE
    if promise is not None:
        named = next((prices for prices in lists if prices.version == promise.price_list), None)
        if named is not None and named.in_force(span.earliest, span.latest):
            worth = named.worth(label) if label else 0
            kept = worth == promise.points
            return Verdict(
                Standing.CREDITED if kept else Standing.REPRICED,
                Why.PROMISED if kept else Why.PROMISE_DIFFERS,
                worth,
                named.version,
            )
        why = Why.UNKNOWN_LIST if named is None else Why.LIST_NOT_IN_FORCE
    in_force = [prices for prices in lists if prices.in_force(span.earliest, span.latest)]
    if not in_force:
        return Verdict(Standing.HELD, Why.NO_PRICE_LIST)
    newest = max(in_force, key=lambda prices: (prices.valid_from, prices.version))
    return Verdict(
        Standing.CREDITED if promise is None else Standing.REPRICED,
        why,
        newest.worth(label) if label else 0,
        newest.version,
    )


def day_of(span: Span) -> int:
    """Return the day (UTC, counted from 1970) that an item of unknown outcome counts against."""
    return span.earliest // DAY
