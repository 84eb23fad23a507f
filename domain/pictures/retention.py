"""Which pictures go when the room that a machine gives them is used up.

What is not to be sent (any more) goes first, the oldest first. What is still to be sent goes only if the room leaves no
choice, the oldest first too, and it is named apart: it will be missing on the platform, and somebody has to say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from attrs import frozen

MIB = 1 << 20
ROOMY = 9, 10
"""Room is made down to this share of the budget, so that not every new picture makes room again."""


@frozen
class KeptPicture:
    """A picture as a machine keeps it."""

    sha256: str
    size: int
    """Bytes."""
    at: int
    """When it was kept, microseconds: for the order only, since a machine's clock may be wrong."""


@frozen
class Clearing:
    """What goes."""

    settled: tuple[KeptPicture, ...]
    """Sent, or never to be sent."""
    unsent: tuple[KeptPicture, ...]
    """Still to be sent: lost."""


def clearing(kept: Iterable[KeptPicture], unsent: Collection[str], budget: int) -> Clearing:
    """Return what goes so that at most `budget` bytes stay; nothing while they do. `unsent` names hashes."""
    oldest_first = sorted(kept, key=lambda one: (one.at, one.sha256))
    over = sum(one.size for one in oldest_first) - budget
    if over <= 0:
        return Clearing((), ())
    roomy = over + budget - budget * ROOMY[0] // ROOMY[1]
    settled = _first(roomy, (one for one in oldest_first if one.sha256 not in unsent))
    # Of those that are still to be sent no more go than must: down to the budget, not below it.
    left = over - sum(one.size for one in settled)
    return Clearing(settled, _first(left, (one for one in oldest_first if one.sha256 in unsent)))


def _first(size: int, pictures: Iterable[KeptPicture]) -> tuple[KeptPicture, ...]:
    """Return the first of them that together have this size, or all."""
    taken: list[KeptPicture] = []
    for one in pictures:
        if size <= 0:
            break
        taken.append(one)
        size -= one.size
    return tuple(taken)
