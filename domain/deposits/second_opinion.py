"""When a machine that may ask elsewhere is unsure of what it saw, and how an entry tells who named an item."""

from __future__ import annotations

from attrs import evolve

from domain.deposits.acceptance import Decision, Reason
from domain.deposits.recognition import Recognition

SURE = 800_000
"""Parts per million: what is named with at least this confidence is not asked about."""
BUDGET = 2_000_000
"""Microseconds from the picture to an answer, the machine's own look included: nobody is to wait much longer."""
LEAST = 100_000
"""Microseconds that must be left of it for asking to make sense."""
ELSEWHERE = "remote:"
"""Begins the model's name in an entry where the answer came from elsewhere."""


def unsure(seen: Recognition, decision: Decision) -> bool:
    """Return whether another opinion is wanted: there is one item, and it is named weakly or refused as uncertain.

    Where there is no item, or more than one, another network would see the same picture of the same chute.
    """
    return seen.items == 1 and (seen.confidence < SURE or decision.reason is Reason.UNCERTAIN)


def from_elsewhere(seen: Recognition) -> Recognition:
    """Return a recognition that was made elsewhere as an entry holds it: its model's name says so."""
    return seen if seen.model.startswith(ELSEWHERE) else evolve(seen, model=ELSEWHERE + seen.model)
