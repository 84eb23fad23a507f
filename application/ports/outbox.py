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
    publication: int | None = None
    """Counts the organisation's events in the order in which they are published; None before that."""


class Outbox(Protocol):
    """Rows to be published, and the memory of those that were."""

    def add(self, announcements: Sequence[Announcement]) -> None:
        """Add rows; each gets the next version of its aggregate."""

    def unpublished(self, limit: int) -> Sequence[Event]:
        """Return committed rows that were not marked, by id."""

    def number(self, limit: int) -> Sequence[Event]:
        """Give rows that were not marked their publication numbers, and return them, by number.

        At most `limit` rows, those with the least ids. Numbers count up by organisation, without a hole in what is
        new, and in the order of commits: whoever sees one sees all before it. A row keeps the one that it has.
        """

    def mark_published(self, ids: Sequence[int], at: int) -> None:
        """Mark rows as published."""

    def since(self, aggregate: str, version: int, limit: int) -> Sequence[Event]:
        """Return an aggregate's rows with a greater version, by version."""

    def latest_version(self, aggregate: str) -> int:
        """Return an aggregate's newest version; 0 when nothing ever happened to it."""

    def feed(self, organisation: str, after: int, limit: int) -> Sequence[Event]:
        """Return an organisation's rows with a greater publication number, by that."""

    def recent(self, organisation: str, limit: int) -> Sequence[Event]:
        """Return the rows of an organisation that were numbered last, by publication number."""

    def latest_publication(self, organisation: str) -> int:
        """Return an organisation's greatest publication number; 0 when there is none."""

    def waiting(self) -> int:
        """Count the rows that are not published."""
