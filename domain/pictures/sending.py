"""How a machine sends its pictures on: what came of one, how long the next waits, how much a day may take.

The mark is all that is remembered besides the journal and the pictures themselves: up to which entry the pictures of
items are dealt with, and what the day has taken. It may be lost or old: then the platform is asked again, and says that
it has them.
"""

from __future__ import annotations

import enum
import json

from attrs import frozen

from domain.deposits.journal import Cursor

SECONDS = 1_000_000
DAY = 86_400 * SECONDS
MOST_TRIES = 8
"""So often the platform may answer that it cannot take a picture (yet), before the machine lets it be."""
SHORTEST_PAUSE = SECONDS // 5
LONGEST_PAUSE = 60 * SECONDS
TOMORROW = 600 * SECONDS
"""When the day has taken its share, it is looked again this much later whether it is another day."""


class Came(enum.Enum):
    """What came of sending a picture."""

    SENT = "sent"
    THERE = "there"
    """The platform had it already."""
    UNWANTED = "unwanted"
    """No picture that the platform takes: too large, or of another kind."""
    GONE = "gone"
    """It is not kept here (any more), or not whole."""
    ENOUGH = "enough"
    """The day has taken what it may."""


@frozen
class Mark:
    """How far the pictures are dealt with."""

    place: Cursor | None = None
    """The last item's entry whose picture is dealt with; None: none is."""
    day: int = 0
    """Days since 1970 by the machine's clock."""
    spent: int = 0
    """Bytes sent on that day."""


def dealt_with(mark: Mark, place: Cursor, sent: int, wall: int) -> Mark:
    """Return the mark after another picture of `sent` bytes (0: none were sent) at `wall` (microseconds UTC)."""
    return Mark(place, wall // DAY, spent_today(mark, wall) + sent)


def spent_today(mark: Mark, wall: int) -> int:
    """Return the bytes that the day of `wall` has taken. A clock that is set elsewhere begins another day."""
    return mark.spent if mark.day == wall // DAY else 0


def pause_after(took: int) -> int:
    """Return how long the next picture waits after one that took so long, microseconds.

    As long as that: on a poor network pictures take half of it at most, and what people wait for has the rest.
    """
    return min(max(took, SHORTEST_PAUSE), LONGEST_PAUSE)


def written(mark: Mark) -> bytes:
    """Write a mark down."""
    place = mark.place
    return json.dumps(
        {
            "place": None if place is None else [place.epoch, place.seq, place.hash],
            "day": mark.day,
            "spent": mark.spent,
        }
    ).encode("ascii")


def read(content: bytes | None) -> Mark:
    """Read a mark back; what is none counts as the first one, for asking again harms nothing."""
    try:
        told = json.loads(content or b"")
        epoch, seq, hash_ = told["place"]
        day, spent = told["day"], told["spent"]
        strings = isinstance(epoch, str) and isinstance(hash_, str)
        if not strings or any(type(number) is not int or number < 0 for number in (seq, day, spent)):
            return Mark()
        return Mark(Cursor(epoch, seq, hash_), day, spent)
    except (ValueError, KeyError, TypeError):
        return Mark()
