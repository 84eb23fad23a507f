"""When an entry really happened: a span [earliest, latest] of the platform's time, microseconds UTC.

A machine's monotonic clock never jumps while it runs, so one batch sent during an epoch ties the whole
epoch to the platform's time: the entry happened as long before the sending as its monotonic time says.
That holds whatever the wall clock shows. An epoch during which nothing was ever sent has only its wall
clock (if it was trusted) and its place: after the entry before it, before the boot that sent it.
"""

from __future__ import annotations

from attrs import frozen

from domain.deposits.journal import Entry

SECONDS = 1_000_000
LONGEST_SENDING = 30 * SECONDS
"""A batch is under way at most this long: an uplink gives up earlier."""
TRUSTED_WITHIN = 120 * SECONDS
"""How far a trusted wall clock may be off."""
DRIFT_PPM = 200
"""How much two clocks may drift apart; crystals of boards in the heat stay below 100."""


@frozen
class Span:
    """Anywhere from `earliest` to `latest`, both inclusive."""

    earliest: int
    latest: int

    def __attrs_post_init__(self) -> None:
        """Refuse a span that ends before it begins."""
        if self.latest < self.earliest:
            raise ValueError(f"a span ends after it begins: {self.earliest}..{self.latest}")


@frozen
class Sending:
    """The clocks of one batch: the machine's when it sent it, the platform's when it came."""

    boot: str
    mono: int
    wall: int
    trusted: bool
    received: int
    """Microseconds UTC by the platform's clock."""


@frozen
class Known:
    """An entry whose time is known: the place in its epoch's monotonic time, and the span."""

    epoch: str
    mono: int
    span: Span


@frozen
class Anchor:
    """What ties an epoch's monotonic clock to the platform's time: at `mono` it was within `span`."""

    mono: int
    span: Span


def anchor(sending: Sending) -> Anchor:
    """Return how a batch ties its boot's epoch to the platform's time."""
    return Anchor(mono=sending.mono, span=Span(max(0, sending.received - LONGEST_SENDING), sending.received))


def corrected(entry: Entry, sending: Sending, tied: Anchor | None, before: Known | None) -> Span:
    """Return when an entry happened.

    `tied` is the anchor of the entry's epoch, `before` the entry it follows; None where unknown.
    """
    if tied is not None:
        return _by_anchor(entry.mono, tied, sending.received)
    lowest = 0
    if before is not None:
        lowest = before.span.earliest + (entry.mono - before.mono if entry.epoch == before.epoch else entry.mono)
    highest = max(0, sending.received - (sending.mono if entry.epoch != sending.boot else 0))
    if highest < lowest:
        # Clocks that contradict each other prove nothing: only the order and the receipt are left.
        lowest = min(before.span.earliest if before else 0, sending.received)
        highest = sending.received
    if entry.trusted:
        earliest, latest = max(lowest, entry.wall - TRUSTED_WITHIN), min(highest, entry.wall + TRUSTED_WITHIN)
        if earliest <= latest:
            return Span(earliest, latest)
    return Span(lowest, highest)


def _by_anchor(mono: int, tied: Anchor, received: int) -> Span:
    away = mono - tied.mono
    slack = abs(away) * DRIFT_PPM // 1_000_000
    earliest = min(max(0, tied.span.earliest + away - slack), received)
    return Span(earliest, max(earliest, min(tied.span.latest + away + slack, received)))
