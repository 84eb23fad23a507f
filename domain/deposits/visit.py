"""What the platform holds of a visit and of its items: who is paid, and the totals.

Made from entries alone, one after the other; closing a visit changes nothing about what it is paid.
"""

from __future__ import annotations

import enum

from attrs import frozen

from domain.deposits.bodies import Ending, ItemDecided, Opener, Outcome
from domain.deposits.corrected_time import Span
from domain.deposits.settlement import Standing, Verdict


class TokenStanding(str, enum.Enum):
    """What the platform found when it verified the token inside `visit_opened` itself."""

    SOUND = "sound"
    NONE = "none"
    """A guest's or a technician's visit has no token."""
    MALFORMED = "malformed_token"
    FORGED = "forged_token"
    """Signed by another key than the platform's, or not at all."""
    OTHER_ORGANISATION = "other_organisation"
    OTHER_MACHINE = "other_machine"
    EXPIRED = "expired_token"
    """At no moment of the corrected time was it valid."""


@frozen
class Totals:
    """What a visit came to."""

    items: int = 0
    accepted: int = 0
    stored: int = 0
    returned: int = 0
    unknown: int = 0
    credited: int = 0
    """Items that were credited, repriced ones too."""
    held: int = 0
    refused: int = 0
    points: int = 0


@frozen
class Visit:
    """One visit. Its id is that of its `visit_opened`."""

    id: str
    organisation: str
    machine: str
    by: Opener
    token: TokenStanding
    person: str | None
    """Who is paid; None for guests, technicians, and tokens that are not the platform's."""
    session: str | None
    opened: Span
    price_list: str | None
    totals: Totals = Totals()
    closed: Ending | None = None


@frozen
class Item:
    """One item of a visit. Its id is that of its `item_decided`."""

    id: str
    visit: str
    machine: str
    decided: ItemDecided
    span: Span
    outcome: Outcome | None = None

    @property
    def due(self) -> bool:
        """Whether it is paid for: accepted, and stored or unknown."""
        return self.decided.decision.accepted and self.outcome in (Outcome.STORED, Outcome.UNKNOWN)


def with_item(visit: Visit, item: Item) -> Visit:
    """Count an item that was decided on."""
    old = visit.totals
    accepted = old.accepted + item.decided.decision.accepted
    return _with(
        visit,
        Totals(
            old.items + 1, accepted, old.stored, old.returned, old.unknown,
            old.credited, old.held, old.refused, old.points,
        ),
    )  # fmt: skip


def with_outcome(visit: Visit, outcome: Outcome, verdict: Verdict) -> Visit:
    """Count what became of an item, and what the platform makes of it."""
    old = visit.totals
    paid = verdict.standing in (Standing.CREDITED, Standing.REPRICED)
    return _with(
        visit,
        Totals(
            items=old.items,
            accepted=old.accepted,
            stored=old.stored + (outcome is Outcome.STORED),
            returned=old.returned + (outcome is Outcome.RETURNED),
            unknown=old.unknown + (outcome is Outcome.UNKNOWN),
            credited=old.credited + paid,
            held=old.held + (verdict.standing is Standing.HELD),
            refused=old.refused + (verdict.standing is Standing.REFUSED),
            points=old.points + (verdict.points if paid else 0),
        ),
    )


def _with(visit: Visit, totals: Totals) -> Visit:
    """Return the visit with other totals; written out, since this runs for every entry and `evolve` is slow."""
    return Visit(
        visit.id, visit.organisation, visit.machine, visit.by, visit.token, visit.person, visit.session,
        visit.opened, visit.price_list, totals, visit.closed,
    )  # fmt: skip
