"""What is left of a month of entries and postings when they go: enough to go on proving, signed by the platform.

A checkpoint holds how far each epoch's chain was held, what was not finished yet, what each account's postings of the
month sum to, and how many rows of each kind the month had, with a hash over them. It names the checkpoint before it by
hash, so that none is left out unseen. Its encoding is that of journal entries (ADR 0003), so the same checkpoint is the
same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from domain.deposits.bodies import Ending, ItemDecided, Opener, Outcome, read_body, written
from domain.deposits.corrected_time import Anchor, Span
from domain.deposits.journal import NO_HASH, Cursor, Kind, MalformedEntry, digest, encode
from domain.deposits.visit import Item, TokenStanding, Totals, Visit
from domain.retention.month import Month

SCHEMA = 1
GONE = ("entries", "postings")
"""Sections whose rows go: their hash remains, for whoever has a copy of them."""
STAY = ("links", "verdicts", "visits", "items", "transactions", "events")
"""Sections whose rows stay, and are compared with their hash ever after."""
_TOTALS = ("items", "accepted", "stored", "returned", "unknown", "credited", "held", "refused", "points")


class MalformedCheckpoint(ValueError):
    """These bytes are no checkpoint; the message says why."""


@frozen
class Section:
    """Rows of one kind: how many, and the SHA-256 over them in their order."""

    rows: int
    sha256: str


@frozen
class Stand:
    """Where an epoch of a machine stood when the month was over, and what its clock was tied to."""

    machine: str
    cursor: Cursor
    anchor: Anchor | None


@frozen
class Checkpoint:
    """A month that went."""

    month: Month
    prev: str
    """SHA-256 of the bytes of the checkpoint before; NO_HASH for the first."""
    sections: Mapping[str, Section] = field(hash=False)
    sums: Mapping[str, int] = field(hash=False)
    """What the month's postings to each account sum to, by the account's id."""
    stands: tuple[Stand, ...] = ()
    """The epochs that moved in the month."""
    visits: tuple[Visit, ...] = ()
    items: tuple[Item, ...] = ()
    """Visits that later entries add to, as they were when the month was over, with all their items."""


@frozen
class SignedCheckpoint:
    """A checkpoint as it is kept: the exact bytes, who signed them, and the signature."""

    month: str
    """As its row says."""
    raw: bytes
    key_id: str
    signature: bytes


@frozen
class Past:
    """What all checkpoints come to."""

    until: int = 0
    """The first moment after the months that went, microseconds UTC; 0 when none did."""
    head: str = NO_HASH
    """SHA-256 of the last checkpoint's bytes."""
    stands: Mapping[tuple[str, str], Stand] = field(factory=dict, hash=False)
    """By machine and epoch."""
    sums: Mapping[str, int] = field(factory=dict, hash=False)
    visits: Mapping[str, Visit] = field(factory=dict, hash=False)
    items: Mapping[str, Item] = field(factory=dict, hash=False)

    def after(self, checkpoint: Checkpoint, raw: bytes) -> Past:
        """Return the past with one month more."""
        sums = dict(self.sums)
        for account, amount in checkpoint.sums.items():
            sums[account] = sums.get(account, 0) + amount
        return Past(
            until=checkpoint.month.end,
            head=digest(raw),
            stands={**self.stands, **{(each.machine, each.cursor.epoch): each for each in checkpoint.stands}},
            sums=sums,
            visits={visit.id: visit for visit in checkpoint.visits},
            items={item.id: item for item in checkpoint.items},
        )


def write(checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint's exact bytes, to be signed."""
    return encode(
        {
            "v": SCHEMA,
            "month": checkpoint.month.name,
            "prev": checkpoint.prev,
            "sections": {name: [each.rows, each.sha256] for name, each in checkpoint.sections.items()},
            "sums": dict(checkpoint.sums),
            "stands": [_of_stand(stand) for stand in checkpoint.stands],
            "visits": [_of_visit(visit) for visit in checkpoint.visits],
            "items": [_of_item(item) for item in checkpoint.items],
        }
    )


def read(raw: bytes) -> Checkpoint:
    """Read a checkpoint whose signature was verified. Raises MalformedCheckpoint."""
    try:
        parts = json.loads(raw.decode("ascii"))
        if parts["v"] != SCHEMA or encode(parts) != raw:
            raise MalformedCheckpoint("another schema or encoding than ours")
        return Checkpoint(
            month=Month.named(parts["month"]),
            prev=str(parts["prev"]),
            sections={name: Section(rows, sha256) for name, (rows, sha256) in parts["sections"].items()},
            sums=parts["sums"],
            stands=tuple(_stand(each) for each in parts["stands"]),
            visits=tuple(_visit(each) for each in parts["visits"]),
            items=tuple(_item(each) for each in parts["items"]),
        )
    except MalformedCheckpoint:
        raise
    except (MalformedEntry, ValueError, KeyError, TypeError, AttributeError) as broken:
        raise MalformedCheckpoint(f"no checkpoint: {broken!r}") from broken


def carried(visits: Sequence[Visit], items: Sequence[Item], later: frozenset[str]) -> tuple[list[Visit], list[Item]]:
    """Return the visits that are not over, or that `later` items name, with all their items, by id."""
    waiting = {item.visit for item in items if item.outcome is None}
    chosen = {visit.id for visit in visits if visit.closed is None or visit.id in waiting or visit.id in later}
    return (
        sorted((visit for visit in visits if visit.id in chosen), key=lambda visit: visit.id),
        sorted((item for item in items if item.visit in chosen), key=lambda item: item.id),
    )


def _of_stand(stand: Stand) -> list[Any]:
    cursor, tied = stand.cursor, stand.anchor
    anchor = [tied.mono, tied.span.earliest, tied.span.latest] if tied else None
    return [stand.machine, cursor.epoch, cursor.seq, cursor.hash, anchor]


def _stand(parts: list[Any]) -> Stand:
    machine, epoch, seq, hashed, anchor = parts
    tied = Anchor(anchor[0], Span(anchor[1], anchor[2])) if anchor else None
    return Stand(machine, Cursor(epoch, seq, hashed), tied)


def _of_visit(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id, "organisation": visit.organisation, "machine": visit.machine, "by": visit.by.value,
        "token": visit.token.value, "person": visit.person, "session": visit.session,
        "opened": [visit.opened.earliest, visit.opened.latest], "price_list": visit.price_list,
        "totals": [getattr(visit.totals, name) for name in _TOTALS],
        "closed": visit.closed.value if visit.closed else None,
    }  # fmt: skip


def _visit(parts: dict[str, Any]) -> Visit:
    return Visit(
        id=parts["id"], organisation=parts["organisation"], machine=parts["machine"], by=Opener(parts["by"]),
        token=TokenStanding(parts["token"]), person=parts["person"], session=parts["session"],
        opened=Span(*parts["opened"]), price_list=parts["price_list"],
        totals=evolve(Totals(), **dict(zip(_TOTALS, parts["totals"], strict=True))),
        closed=Ending(parts["closed"]) if parts["closed"] else None,
    )  # fmt: skip


def _of_item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id, "visit": item.visit, "machine": item.machine, "decided": dict(written(item.decided)),
        "span": [item.span.earliest, item.span.latest], "outcome": item.outcome.value if item.outcome else None,
    }  # fmt: skip


def _item(parts: dict[str, Any]) -> Item:
    decided = read_body(Kind.ITEM_DECIDED, parts["decided"])
    if not isinstance(decided, ItemDecided):
        raise MalformedCheckpoint(f"item {parts['id']} holds another kind of body")
    outcome = Outcome(parts["outcome"]) if parts["outcome"] else None
    return Item(parts["id"], parts["visit"], parts["machine"], decided, Span(*parts["span"]), outcome)
