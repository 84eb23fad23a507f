"""Reads, from the end of the journal, what a life that was cut off had left open."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from domain.deposits.bodies import ItemDecided, ItemSettled, Outcome, VisitOpened, body_of
from domain.deposits.intake.events import OpenEnd, OpenItem
from domain.deposits.intake.item_table import shown
from domain.deposits.intake.view import MOST_ITEMS_SHOWN, ShownItem
from domain.deposits.journal import Entry


def open_end(entries: Sequence[Entry]) -> OpenEnd | None:
    """Return what these entries leave open: a visit's from its `visit_opened` on, or none at all.

    Entries of other kinds may stand between them (each boot writes one). Raises MalformedEntry.
    """
    opened: tuple[str, VisitOpened] | None = None
    open_item: OpenItem | None = None
    settled: list[ShownItem] = []
    for entry in entries:
        body = body_of(entry)
        if isinstance(body, VisitOpened):
            opened = (entry.id, body)
        elif isinstance(body, ItemDecided):
            open_item = OpenItem(shown(entry.id, body), body.counters)
        elif isinstance(body, ItemSettled) and open_item is not None:
            settled.insert(0, evolve(open_item.shown, outcome=body.outcome))
            open_item = None
    if opened is None:
        return None
    paid = [item for item in settled if item.accepted and item.outcome is not Outcome.RETURNED]
    points = [item.points for item in paid if item.points is not None]
    return OpenEnd(
        visit=opened[0],
        by=opened[1].by,
        item=open_item,
        items=tuple(settled[:MOST_ITEMS_SHOWN]),
        paid=len(paid),
        returned=sum(item.outcome is Outcome.RETURNED for item in settled),
        points=sum(points) if points or opened[1].price_list else None,
    )
