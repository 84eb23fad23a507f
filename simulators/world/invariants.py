"""What must be true of every physical thing, whatever happened. Not of totals: an overpayment hides a loss."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from domain.deposits import bodies
from domain.deposits.bodies import ItemDecided, Outcome, body_of
from domain.deposits.journal import BrokenChain, Entry, follows, read
from simulators.chute import Place, Thing


def broken_promises(journal: Sequence[bytes], things: Iterable[Thing], *, at_rest: bool = True) -> list[str]:
    """Return what is wrong between one machine's journal and the things that were ever put into it.

    `at_rest`: nobody is being served, so nothing may be open.
    """
    entries = [read(raw) for raw in journal]
    decided = {entry.id: body for entry in entries if isinstance(body := body_of(entry), ItemDecided)}
    settled: dict[str, list[Outcome]] = defaultdict(list)
    for entry in entries:
        body = body_of(entry)
        if isinstance(body, bodies.ItemSettled):
            settled[body.item].append(body.outcome)
    return [
        *_chain(entries),
        *_order(entries, at_rest=at_rest),
        *(f"item {item} was settled {len(how)} times: {how}" for item, how in settled.items() if len(how) > 1),
        *(fault for thing in things for fault in _thing(thing, decided, settled, at_rest=at_rest)),
    ]


def _chain(entries: Sequence[Entry]) -> Iterable[str]:
    for before, entry in zip((None, *entries), entries):  # noqa: B905 (the last has no successor)
        try:
            follows(entry, before)
        except BrokenChain as broken:
            yield str(broken)


def _order(entries: Sequence[Entry], *, at_rest: bool) -> Iterable[str]:
    """Never two visits or two items in flight."""
    visit: str | None = None
    item: str | None = None
    for entry in entries:
        body = body_of(entry)
        if isinstance(body, bodies.VisitOpened):
            if visit is not None:
                yield f"visit {entry.id} was opened over visit {visit}"
            visit = entry.id
        elif isinstance(body, bodies.ItemDecided):
            if body.visit != visit or item is not None:
                yield f"item {entry.id} of visit {body.visit} came into visit {visit} over item {item}"
            item = entry.id
        elif isinstance(body, bodies.ItemSettled):
            if body.item != item:
                yield f"item {body.item} was settled while {item} was in flight"
            item = None
        elif isinstance(body, bodies.VisitClosed):
            if body.visit != visit or item is not None:
                yield f"visit {body.visit} was closed while {visit} was open and {item} in flight"
            visit = None
    if at_rest and (visit or item):
        yield f"visit {visit} and item {item} are still open"


def _thing(
    thing: Thing, decided: dict[str, ItemDecided], settled: dict[str, list[Outcome]], *, at_rest: bool
) -> Iterable[str]:
    """A thing in the bin is paid exactly once, an accepted one that is jammed inside too, and no other as stored."""
    of_it = {item: body for item, body in decided.items() if body.picture and body.picture.sha256 == thing.picture}
    paid = [outcome for item, body in of_it.items() if body.decision.accepted for outcome in settled[item]]
    accepted = bool(of_it) and list(of_it.values())[-1].decision.accepted
    stored, unknown = paid.count(Outcome.STORED), paid.count(Outcome.UNKNOWN)
    inside = thing.place is Place.BIN
    if stored > inside or (at_rest and stored < inside):
        yield f"{thing.tag} is in place `{thing.place.value}` and was stored {stored} times by the journal"
    if at_rest and thing.place is Place.JAMMED and not thing.mistaken and unknown != accepted:
        yield f"{thing.tag} is jammed inside and was paid {unknown} times"
