"""Rows that stand by the month in which they came: entries, postings, samples.

Where the store keeps each month apart (PostgreSQL's partitions), room for a month is made before it begins, and a
month goes as a whole. Where it does not (SQLite), there is nothing to make, and a month's rows are deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from attrs import frozen

from domain.retention.month import Month


@frozen(order=True)
class Stray:
    """Rows that came in a month which has no room of its own. They are kept, and count like all others."""

    table: str
    month: Month
    rows: int


class Months(Protocol):
    """The months of a store."""

    def strays(self) -> Sequence[Stray]:
        """Return the rows outside any month's room, by table and month."""

    def make(self, months: Collection[Month]) -> Sequence[str]:
        """Make room for months where there is none; strays move in. Returns what was made, `entries 2026_11`."""

    def drop_samples(self, at: int) -> int:
        """Drop the months of samples that were over at a moment, where months stand apart. Returns how many went."""
