"""Where an entry stands in what the platform holds of a machine.

    next       it follows something held                    stored and judged
    fork       so does another entry already                 stored and judged, and an alarm (a copied disk, a clone)
    reused_id  its id is taken by an entry with other bytes  stored, refused, and an alarm
    replay     these very bytes are held                     nothing changes
    gap        what it follows is not held                   the one thing that stops a sync

Identity is place and hash. What is no entry, or follows against the rules, is kept apart with its hash:
the entry after it may still follow it, so that one bad entry does not block a machine.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from attrs import frozen

from domain.deposits.corrected_time import Known
from domain.deposits.journal import NO_HASH, BrokenChain, Entry, Kind


class Place(str, enum.Enum):
    """Where an entry stands."""

    NEXT = "next"
    FORK = "fork"
    REUSED_ID = "reused_id"
    REPLAY = "replay"
    GAP = "gap"


@frozen
class Link:
    """What the platform holds under one hash. Without a place (`epoch` is None) it was no proper entry."""

    hash: str
    epoch: str | None
    seq: int
    known: Known | None
    """When it happened, as far as that is known."""


@frozen
class Held:
    """What the platform holds around a batch."""

    links: Mapping[str, Link]
    """By hash: all that the batch's entries are or follow."""
    succeeded: AbstractSet[str]
    """Hashes (NO_HASH among them) that an entry already follows."""
    ids: Mapping[str, str]
    """Hash by entry id, over all machines."""


def place(entry: Entry, held: Held) -> Place:
    """Tell where an entry stands. Raises BrokenChain when it follows something held, but against the rules."""
    if entry.hash in held.links:
        return Place.REPLAY
    if entry.prev == NO_HASH:
        _check_follows(entry, None)
    else:
        before = held.links.get(entry.prev)
        if before is None:
            return Place.GAP
        _check_follows(entry, before)
    if entry.id in held.ids:
        return Place.REUSED_ID
    return Place.FORK if entry.prev in held.succeeded else Place.NEXT


def _check_follows(entry: Entry, before: Link | None) -> None:
    booted = entry.kind is Kind.BOOTED
    if booted != (entry.seq == 0):
        raise BrokenChain(f"entry {entry.id}: {entry.kind.value} cannot be number {entry.seq}")
    if before is None:
        if not booted:
            raise BrokenChain(f"entry {entry.id} stands first but is {entry.kind.value}")
        return
    if before.epoch is None:
        return
    if booted == (entry.epoch == before.epoch):
        raise BrokenChain(f"entry {entry.id}: an epoch starts with `booted` and nothing else does")
    if not booted and entry.seq != before.seq + 1:
        raise BrokenChain(f"entry {entry.id} is number {entry.seq} where {before.seq + 1} was due")
