"""What one machine has taken in since its journal began: a sum over its entries, one after the other.

The law: only what stands in the journal counts. An item counts once, when its settlement says that it went in.
"""

from __future__ import annotations

from attrs import evolve, field, frozen

from domain.deposits.bodies import Body, ItemDecided, ItemSettled, Opener, Outcome, VisitOpened
from domain.deposits.recognition import Material

MOST_UNSETTLED = 16
"""Decided items that are remembered until they are settled; a machine has one at a time."""


@frozen
class MachineTotals:
    """The sums, and what was decided on and is not settled yet."""

    visits: int = 0
    """Of people who deposit; technicians do not count."""
    stored: int = 0
    materials: dict[Material, int] = field(factory=dict, hash=False)
    """Of what was stored, as it was recognised."""
    unsettled: tuple[tuple[str, Material | None], ...] = ()
    """Accepted items by id, oldest first."""


def counted(totals: MachineTotals, entry: str, body: Body) -> MachineTotals:
    """Return the sums with one entry more; `entry` is its id."""
    if isinstance(body, VisitOpened):
        return evolve(totals, visits=totals.visits + (body.by is not Opener.TECHNICIAN))
    if isinstance(body, ItemDecided) and body.decision.accepted:
        unsettled = (*totals.unsettled, (entry, body.recognition.label))
        return evolve(totals, unsettled=unsettled[-MOST_UNSETTLED:])
    if isinstance(body, ItemSettled):
        known = dict(totals.unsettled)
        rest = tuple(each for each in totals.unsettled if each[0] != body.item)
        if body.item not in known or body.outcome is not Outcome.STORED:
            return evolve(totals, unsettled=rest)
        label, materials = known[body.item], totals.materials
        if label is not None:
            materials = {**materials, label: materials.get(label, 0) + 1}
        return evolve(totals, unsettled=rest, stored=totals.stored + 1, materials=materials)
    return totals
