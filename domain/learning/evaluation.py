"""How a model is judged: what it said of pictures it never saw, against what they are.

Shares are floats between 0 and 1; nothing here is paid out on, so floats are allowed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import attrs

from domain.learning.dataset import CONTAINERS, LABELS


@attrs.frozen(slots=True)
class Interval:
    """A share measured on `total` cases, with the 95 % interval by Wilson."""

    hits: int
    total: int

    @property
    def share(self) -> float:
        """Hits by total, 0 where nothing was measured."""
        return self.hits / self.total if self.total else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """Lower and upper end."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = 1.959964, self.total, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        # The interval holds the share; only rounding says otherwise.
        return min(p, max(0.0, middle - half)), max(p, min(1.0, middle + half))

    def __str__(self) -> str:
        low, high = self.bounds
        return (
            f"{100 * self.share:.1f} % ({self.hits} of {self.total}; 95 % interval {100 * low:.1f}-{100 * high:.1f} %)"
        )


@attrs.frozen(slots=True)
class Sighting:
    """What the whole path said of one picture.

    Attributes:
        truth: the label people gave.
        label: the label named, None when nothing was found.
        confidence: calibrated probability of that label.
        accepted: whether the machine would keep and pay the item.
        reason: why it would not; empty when accepted.
    """

    truth: str
    label: str | None
    confidence: float
    accepted: bool
    reason: str = ""

    @property
    def rightly_decided(self) -> bool:
        """Accepted exactly if it is a container."""
        return self.accepted == (self.truth in CONTAINERS)


@attrs.frozen(slots=True)
class Judgement:
    """A model's marks."""

    sightings: tuple[Sighting, ...]

    @property
    def six_class(self) -> Interval:
        """Pictures whose material was named rightly."""
        return Interval(sum(seen.label == seen.truth for seen in self.sightings), len(self.sightings))

    @property
    def decision(self) -> Interval:
        """Pictures rightly kept or returned."""
        return Interval(sum(seen.rightly_decided for seen in self.sightings), len(self.sightings))

    def refused_singly(self, reasons: Iterable[str]) -> Interval:
        """Containers refused for one of these reasons."""
        wanted = set(reasons)
        mine = [seen for seen in self.sightings if seen.truth in CONTAINERS]
        return Interval(sum(not seen.accepted and seen.reason in wanted for seen in mine), len(mine))

    def precision(self, label: str) -> Interval:
        """Of those named so, how many are so."""
        named = [seen for seen in self.sightings if seen.label == label]
        return Interval(sum(seen.truth == label for seen in named), len(named))

    def recall(self, label: str) -> Interval:
        """Of those that are so, how many were named so."""
        mine = [seen for seen in self.sightings if seen.truth == label]
        return Interval(sum(seen.label == label for seen in mine), len(mine))

    def confusion(self) -> tuple[tuple[int, ...], ...]:
        """Rows: truth in the order of LABELS; columns: named, in the same order, then nothing found."""
        columns = (*LABELS, None)
        return tuple(
            tuple(sum(seen.truth == truth and seen.label == named for seen in self.sightings) for named in columns)
            for truth in LABELS
        )


def softmax(logits: Sequence[float], temperature: float = 1.0) -> tuple[float, ...]:
    """Probabilities from logits divided by the temperature."""
    top = max(logits)
    powers = [math.exp((logit - top) / temperature) for logit in logits]
    total = sum(powers)
    return tuple(power / total for power in powers)


def calibration_error(confident: Sequence[tuple[float, bool]], bins: int = 15) -> float:
    """Expected calibration error: how far confidence is from being right, over equal bins of confidence."""
    total = 0.0
    for index in range(bins):
        low, high = index / bins, (index + 1) / bins
        here = [(sure, right) for sure, right in confident if low < sure <= high or (index == 0 and sure == 0)]
        if here:
            total += abs(sum(sure for sure, _ in here) - sum(right for _, right in here))
    return total / len(confident) if confident else 0.0


def fit_temperature(logits: Sequence[Sequence[float]], truths: Sequence[int]) -> float:
    """The temperature (0.05 to 20) that makes the truths most likely, by golden section on its logarithm."""

    def surprise(log_temperature: float) -> float:
        temperature = math.exp(log_temperature)
        return -sum(
            math.log(max(softmax(row, temperature)[truth], 1e-12)) for row, truth in zip(logits, truths, strict=True)
        )

    low, high, ratio = math.log(0.05), math.log(20.0), (math.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = surprise(left), surprise(right)
    for _ in range(40):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = surprise(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = surprise(right)
    return math.exp((low + high) / 2)
