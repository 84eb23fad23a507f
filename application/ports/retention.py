"""Months of entries and postings that go, and what is kept of them.

One month goes in one transaction: nobody writes to it any more (`close`), it is proved and its checkpoint kept, and
its rows go (`drop`). Before the commit nothing is gone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from application.ports.evidence import Evidence
from application.ports.unit_of_work import UnitOfWork
from domain.retention.checkpoint import SignedCheckpoint
from domain.retention.month import Month


class Retention(Protocol):
    """The months of a store that may go."""

    @property
    def evidence(self) -> Evidence:
        """What this transaction sees."""

    def hold(self) -> None:
        """Hold retention until the end: one at a time."""

    def oldest(self, since: int) -> Month | None:
        """Return the month of the oldest entry or posting that came at a moment or later."""

    def close(self, month: Month) -> None:
        """Let nobody write entries or postings of a month until the end."""

    def named_later(self, month: Month) -> frozenset[str]:
        """Return the visits of a month, or of one before, that items of later months name."""

    def keep(self, organisation: str, signed: SignedCheckpoint, month: Month, carried: Collection[str]) -> None:
        """Keep a month's checkpoint, and mark the visits that it carries: later entries may add to those only."""

    def drop(self, month: Month) -> None:
        """Let a month's entries and postings go."""


class RetentionWork(UnitOfWork, Protocol):
    """A unit of work in which months may go."""

    @property
    def retention(self) -> Retention:
        """Retention."""

    def __enter__(self) -> RetentionWork:  # noqa: PYI034 - Self is newer than our Python
        """Begin. Raises StoreBusy."""


class RetentionWorkFactory(Protocol):
    """Makes units of work in which months may go."""

    def __call__(self, *, read_only: bool = False) -> RetentionWork:
        """Return a new one."""
