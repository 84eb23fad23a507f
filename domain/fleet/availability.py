"""How much of a span a machine served, and what kept it from serving.

Outages overlap (a full bin at a machine that then falls silent); each moment is charged to one cause, the first in the
order of `Cause`. The laws:
1. Served and charged times add up to the span, to the microsecond.
2. Two spans that join give the sums of both.
3. The order of the outages does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from attrs import field, frozen

from domain.fleet.alert import Cause

PPM = 1_000_000


class EmptySpan(ValueError):
    """A span ends after it begins."""


@frozen
class Outage:
    """A machine did not serve, from `began` until (not including) `ended`; None: it goes on. Microseconds UTC."""

    machine: str
    rule: str
    cause: Cause
    began: int
    ended: int | None = None


@frozen
class Availability:
    """What a span came to. Times in microseconds."""

    span: int
    down: Mapping[Cause, int] = field(hash=False)
    """By cause; a cause that kept nobody from serving is left out."""
    repairs: int = 0
    """Times without service that ended within the span."""
    repairing: int = 0
    """How long those took, from their true beginnings."""

    @property
    def served(self) -> int:
        """Time in service."""
        return self.span - sum(self.down.values())

    @property
    def ppm(self) -> int:
        """Millionths of the span in service."""
        return self.served * PPM // self.span if self.span else PPM

    @property
    def mean_repair(self) -> int | None:
        """Mean time to repair, microseconds; None when nothing was repaired."""
        return self.repairing // self.repairs if self.repairs else None


def availability(outages: Iterable[Outage], begin: int, end: int) -> Availability:
    """Return what one machine's outages come to in a span. Raises EmptySpan."""
    if end <= begin:
        raise EmptySpan("a span ends after it begins")
    all_of_them = [(each.began, end if each.ended is None else each.ended, each) for each in outages]
    clipped = [(max(a, begin), min(b, end), each.cause) for a, b, each in all_of_them if a < end and b > begin]
    down: dict[Cause, int] = {}
    for began, ended, causes in _pieces(clipped):
        cause = min(causes, key=list(Cause).index)
        down[cause] = down.get(cause, 0) + ended - began
    whole = _joined([(a, PPM**4 if each.ended is None else b) for a, b, each in all_of_them if b > a])
    repaired = [b - a for a, b in whole if begin < b <= end]
    return Availability(end - begin, down, len(repaired), sum(repaired))


def together(each: Sequence[Availability]) -> Availability:
    """Return what several machines come to together: a site, a fleet."""
    down: dict[Cause, int] = {}
    for one in each:
        for cause, time in one.down.items():
            down[cause] = down.get(cause, 0) + time
    return Availability(
        sum(one.span for one in each), down, sum(one.repairs for one in each), sum(one.repairing for one in each)
    )


def _pieces(intervals: Sequence[tuple[int, int, Cause]]) -> Iterable[tuple[int, int, set[Cause]]]:
    """Cut intervals at all of their ends; yield the pieces that anything covers."""
    cuts = sorted({moment for began, ended, _ in intervals for moment in (began, ended)})
    for began, ended in pairwise(cuts):
        causes = {cause for a, b, cause in intervals if a <= began and b >= ended}
        if causes:
            yield began, ended, causes


def _joined(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for began, ended in sorted(intervals):
        if joined and began <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ended))
        else:
            joined.append((began, ended))
    return joined
