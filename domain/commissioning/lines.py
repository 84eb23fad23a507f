"""Lines of a self-test: what was measured, between which bounds it should lie, and what that means."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping

from attrs import field, frozen


class Verdict(str, enum.Enum):
    """What a line comes to."""

    PASS = "pass"  # noqa: S105 (a verdict)
    WARN = "warn"
    """It works, and somebody should look at it."""
    FAIL = "fail"
    UNMEASURED = "unmeasured"
    """Nobody knows: it was passed over, or something that it needs has failed."""


class Why(str, enum.Enum):
    """Why a line has its verdict."""

    WITHIN = "within"
    RECORDED = "recorded"
    """There is no bound for it: it is kept to be compared with later."""
    LOW = "low"
    HIGH = "high"
    SILENT = "silent"
    """The part did not answer; what it said instead is in `said`."""
    DRIFTED = "drifted"
    """It is within its bounds, and far from what it was on the day of installation."""
    NEEDS = "needs"
    """It needs a line that failed, named in `said`."""
    UNSAFE = "unsafe"
    """Nothing was moved: `said` says why."""
    PASSED_OVER = "passed_over"
    """The installer passed it over, for the reason in `said`."""


class Unit(str, enum.Enum):
    """What a number counts."""

    LEVEL = "level"
    """Brightness, 0 to 255."""
    PERMILLE = "permille"
    MILLIMETRE = "mm"
    MILLIAMPERE = "mA"
    MILLISECOND = "ms"
    MICROSECOND = "us"
    MILLICELSIUS = "mC"
    COUNT = "count"
    YES = "yes"
    """1: yes, 0: no."""
    WAY = "way"
    """1: in, -1: out, 0: nowhere."""
    FIGURE = "figure"
    """A number of its own kind, such as focus."""


@frozen
class Bound:
    """Where a number should lie: outside of `low`..`high` is a warning, outside of `least`..`most` a failure."""

    low: int | None = None
    high: int | None = None
    least: int | None = field(default=None)
    most: int | None = field(default=None)

    @least.validator
    def _below(self, _: object, least: int | None) -> None:
        if least is not None and self.low is not None and least > self.low:
            raise ValueError(f"what fails ({least}) lies beyond what warns ({self.low})")

    @most.validator
    def _above(self, _: object, most: int | None) -> None:
        if most is not None and self.high is not None and most < self.high:
            raise ValueError(f"what fails ({most}) lies beyond what warns ({self.high})")

    @property
    def there(self) -> bool:
        """Whether there is a bound at all."""
        return any(side is not None for side in (self.low, self.high, self.least, self.most))


@frozen
class Kind:
    """What is measured under one name."""

    unit: Unit
    bound: Bound = field(factory=Bound)


@frozen
class Line:
    """One line. `name` is a kind's name, for a part of which there are several with `.PART` behind."""

    name: str
    unit: Unit
    verdict: Verdict
    why: Why
    value: int | None = None
    bound: Bound = field(factory=Bound)
    said: str = ""
    """What the part itself said, or what the number does not tell."""
    was: int | None = None
    """The value of the day of installation."""

    @property
    def kind(self) -> str:
        """The name without the part."""
        return self.name.partition(".")[0]


def judged(name: str, kind: Kind, value: int, said: str = "") -> Line:
    """Return the line of a number that was measured."""
    verdict, why = _judge(kind.bound, value)
    return Line(name, kind.unit, verdict, why, value, kind.bound, said)


def without(name: str, kind: Kind, verdict: Verdict, why: Why, said: str = "") -> Line:
    """Return the line of a number that is not there."""
    return Line(name, kind.unit, verdict, why, None, kind.bound, said)


_WORSE: Mapping[Verdict, int] = {Verdict.PASS: 0, Verdict.UNMEASURED: 1, Verdict.WARN: 1, Verdict.FAIL: 2}


def worst(lines: Iterable[Line]) -> Verdict:
    """Return what all lines together come to: what is unmeasured leaves a warning."""
    worst_of = max((_WORSE[line.verdict] for line in lines), default=0)
    return (Verdict.PASS, Verdict.WARN, Verdict.FAIL)[worst_of]


def _judge(bound: Bound, value: int) -> tuple[Verdict, Why]:
    if bound.least is not None and value < bound.least:
        return Verdict.FAIL, Why.LOW
    if bound.most is not None and value > bound.most:
        return Verdict.FAIL, Why.HIGH
    if bound.low is not None and value < bound.low:
        return Verdict.WARN, Why.LOW
    if bound.high is not None and value > bound.high:
        return Verdict.WARN, Why.HIGH
    return Verdict.PASS, Why.WITHIN if bound.there else Why.RECORDED
