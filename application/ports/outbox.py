"""Events that are committed with what they tell of, and published afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from attrs import field, frozen


@frozen
class Announcement:
    """Something that happened, about to be committed. `data` is plain JSON."""

    organisation: str
    aggregate: str
    """What it happened to: `session:<id>`, `machine:<id>`, `person:<id>`."""
    type: str
    data: Mapping[str, Any] = field(hash=False)
    at: int
    """Microseconds UTC by the platform's clock."""


@frozen
class Event:
    """An announcement that was committed."""

    id: int
    """Grows with each row; commits may be seen in another order."""
    organisation: str
    aggregate: str
    version: int
    """Counts the events of the aggregate, from 1, without a hole."""
    type: str
    data: Mapping[str, Any] = field(hash=False)
    at: int


class Outbox(Protocol):
    """Rows to be published, and the memory of those that were."""

    def add(self, announcements: Sequence[Announcement]) -> None:
        """Add rows; each gets the next version of its aggregate."""

    def unpublished(self, limit: int) -> Sequence[Event]:
        """Return committed rows that were not marked, by id."""

    def mark_published(self, ids: Sequence[int], at: int) -> None:
        """Mark rows as published."""

    def since(self, aggregate: str, version: int, limit: int) -> Sequence[Event]:
        """Return an aggregate's rows with a greater version, by version."""

    def latest_version(self, aggregate: str) -> int:
        """Return an aggregate's newest version; 0 when nothing ever happened to it."""

    def feed(self, organisation: str, after: int, limit: int) -> Sequence[Event]:
        """Return an organisation's committed rows with a greater id, by id."""

    def recent(self, organisation: str, limit: int) -> Sequence[Event]:
        """Return an organisation's newest committed rows, by id."""

    def latest_id(self, organisation: str) -> int:
        """Return the id of an organisation's newest committed row; 0 when there is none."""

    def waiting(self) -> int:
        """Count the rows that are not published."""
