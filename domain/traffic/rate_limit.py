"""How often something may be done: so many at once, and then as many again in each period, evenly.

The rule is the generic cell rate algorithm (ITU-T Recommendation I.371, Annex A, virtual scheduling): all that is
kept of a caller is one moment, when the next request would be due if they came evenly. Whoever comes earlier than
that by more than the tolerance is refused, and a refusal costs nothing. Times are integer microseconds.
"""

from __future__ import annotations

from attrs import field, frozen

SECONDS = 1_000_000


class UnfitRate(ValueError):
    """No such rate can be kept."""


@frozen
class Rate:
    """`burst` at once, and `burst` in each `period` (microseconds). A burst of 0 has no limit."""

    name: str
    burst: int = field()
    period: int = field()

    @burst.validator
    def _count(self, _: object, burst: int) -> None:
        if burst < 0:
            raise UnfitRate("a rate counts 0 or more")

    @period.validator
    def _time(self, _: object, period: int) -> None:
        if period < max(1, self.burst):
            raise UnfitRate("a rate has a period, of a microsecond a request at least")

    @property
    def limited(self) -> bool:
        """Whether there is a limit at all."""
        return self.burst > 0

    @property
    def interval(self) -> int:
        """Microseconds between two requests that come evenly."""
        return -(-self.period // self.burst)

    @property
    def tolerance(self) -> int:
        """Microseconds by which a request may come before it is due."""
        return self.interval * (self.burst - 1)


@frozen
class Ruling:
    """What became of one request."""

    wait: int
    """Microseconds until it would be let through; 0: it was."""
    due: int
    """What is kept: when the next request is due. Once that is past, it may be forgotten."""


def rule(rate: Rate, due: int | None, now: int) -> Ruling:
    """Judge one request at `now`, of a caller of whom `due` is kept (None: nothing)."""
    expected = now if due is None else max(due, now)
    wait = expected - rate.tolerance - now
    if wait > 0:
        return Ruling(wait, expected)
    return Ruling(0, expected + rate.interval)
