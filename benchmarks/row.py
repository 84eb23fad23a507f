"""One measured number and what it is held against: measured in the same run, on the same machine, by the same clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from attrs import asdict, frozen


@frozen
class Beside:
    """The bound or the peer, in the row's own unit."""

    name: str
    value: float


@frozen
class Goal:
    """What the ratio (ours / theirs) must be. Exactly one of the two is given."""

    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"

    def met(self, ratio: float) -> bool:
        """Tell whether a ratio reaches the goal."""
        if self.at_least is not None:
            return ratio >= self.at_least
        return self.at_most is not None and ratio <= self.at_most


@frozen
class Row:
    """One line of a benchmark's table. `settings` tell what both sides ran with: threads, sizes, durability, counts."""

    name: str
    value: float
    unit: str
    beside: Beside | None = None
    goal: Goal | None = None
    settings: tuple[str, ...] = ()

    @property
    def ratio(self) -> float | None:
        """Our value over the other's, or None when there is no other."""
        return None if self.beside is None else self.value / self.beside.value

    @property
    def met(self) -> bool:
        """Whether the goal is reached; True when there is none."""
        return self.goal is None or (self.ratio is not None and self.goal.met(self.ratio))

    def plain(self) -> dict[str, Any]:
        """Return the row as JSON can hold it."""
        return {**asdict(self), "ratio": self.ratio, "goal": str(self.goal) if self.goal else None, "met": self.met}


def seconds_each(calls: dict[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Time calls against each other fairly.

    Every round runs every call once, in turns, so that a slow moment of the machine hits all sides alike. The median
    of the rounds is returned, seconds by name. One round more is run first and not counted.
    """
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if number:
                taken[name].append(time.perf_counter() - start)
    return {name: median(times) for name, times in taken.items()}


def least_seconds(sides: Mapping[str, Sequence[Callable[[], object]]], *, rounds: int) -> dict[str, float]:
    """Time sides against each other, item by item, on a machine that has other things to do.

    Every side has one call for each item. In every round, and item by item, the sides take turns; of an item's times
    the least one counts, for whatever else ran can only have added to it. Returned are the sums over the items, seconds
    by name. One round more is run first and not counted.
    """
    names = list(sides)
    least: dict[str, list[float]] = {name: [float("inf")] * len(sides[name]) for name in names}
    for number in range(rounds + 1):
        for item in range(len(sides[names[0]])):
            for name in names if number % 2 else reversed(names):
                start = time.perf_counter()
                sides[name][item]()
                if number:
                    least[name][item] = min(least[name][item], time.perf_counter() - start)
    return {name: sum(times) for name, times in least.items()}


def least_seconds_by_turns(
    sides: Mapping[str, Sequence[Callable[[], object]]], *, rounds: int, rest: float = 0.2
) -> dict[str, float]:
    """Time sides against each other where one, done, still burdens the machine: its threads wait awake for more.

    As `least_seconds`, but in every round each side goes through all of its items in a row, as it would by itself, and
    before its turn it is quiet for `rest` seconds.
    """
    least: dict[str, list[float]] = {name: [float("inf")] * len(calls) for name, calls in sides.items()}
    for number in range(rounds + 1):
        for name, calls in sides.items():
            time.sleep(rest)
            for item, call in enumerate(calls):
                start = time.perf_counter()
                call()
                if number:
                    least[name][item] = min(least[name][item], time.perf_counter() - start)
    return {name: sum(times) for name, times in least.items()}
