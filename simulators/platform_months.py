"""Months of a store in memory: it keeps no month apart, so there is room for all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from application.ports.months import Stray
from domain.retention.month import Month


class SimulatedMonths:
    """Months."""

    def strays(self) -> Sequence[Stray]:
        return []

    def make(self, months: Collection[Month]) -> Sequence[str]:
        return []

    def drop_samples(self, at: int) -> int:
        return 0
