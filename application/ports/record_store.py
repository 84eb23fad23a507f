"""What machines reported, in the store: entries as exact bytes, and what they came to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from attrs import frozen

from domain.deposits.chain import Held, Link
from domain.deposits.corrected_time import Anchor, Sending, Span
from domain.deposits.journal import Cursor
from domain.deposits.record import Alarm, Judged
from domain.deposits.settlement import Verdict
from domain.deposits.visit import Item, Visit


@frozen
class Rejected:
    """What is no entry, or follows against the rules: kept, with its hash, but never judged."""

    hash: str
    raw: bytes
    why: str
    epoch: str | None
    seq: int
    """Its place, if it could be told from the entry before it."""


@frozen
class Noted:
    """All that one batch adds for a machine."""

    organisation: str
    machine: str
    sending: Sending
    unknown_a_day: int
    """The bound by which the batch was judged: it is kept with it."""
    judged: Sequence[Judged]
    rejected: Sequence[Rejected]
    alarms: Sequence[Alarm]
    cursors: Sequence[Cursor]
    """New cursors, at most one per epoch, the newest epoch last."""
    anchored: Anchor | None
    """How this batch ties its own boot's clock to the platform's."""
    items: Mapping[str, Item]
    visits: Mapping[str, Visit]
    """Items and visits as they are after the batch: those that it touched."""


@frozen
class HistoryLine:
    """One item as a person's history shows it."""

    number: int
    item: Item
    verdict: Verdict | None
    """None until it is settled."""
    machine_name: str


@frozen
class RaisedAlarm:
    """An alarm as it is kept."""

    number: int
    machine: str | None
    alarm: Alarm
    at: int


class RecordStore(Protocol):
    """Entries, visits, items, verdicts, cursors, alarms."""

    def held(self, machine: str, hashes: Collection[str], follows: Collection[str], ids: Collection[str]) -> Held:
        """Return what is held around a batch.

        That is: the entries among `hashes`; what of `follows` is held or was kept apart, and what of it has a
        successor; and which of the entry ids are taken.
        """

    def rejected(self, machine: str, hash: str) -> Link | None:
        """Return what was kept apart under a hash."""

    def cursor(self, machine: str, epoch: str | None = None) -> Cursor | None:
        """Return how far an epoch is held; without one, the epoch that was begun last."""

    def anchors(self, machine: str, epochs: Collection[str]) -> dict[str, Anchor]:
        """Return what ties these epochs' clocks to the platform's time, where known."""

    def visits(self, machine: str, ids: Collection[str]) -> dict[str, Visit]:
        """Return a machine's visits by id."""

    def sealed(self, visits: Collection[str]) -> set[str]:
        """Return those of these visits that were over when their month's entries went."""

    def items(self, machine: str, ids: Collection[str]) -> dict[str, Item]:
        """Return a machine's items by id."""

    def unknown(self, machine: str, span: Span) -> int:
        """Count a machine's accepted items of unknown outcome whose earliest time lies within the span."""

    def session_machines(self, sessions: Collection[str]) -> dict[str, set[str]]:
        """Return on which machines visits named these sessions."""

    def note(self, noted: Noted) -> None:
        """Add all of a batch."""

    def history(self, person: str, before: int | None, limit: int) -> Sequence[HistoryLine]:
        """Return a person's items, the newest first, below a number."""

    def alarms(self, organisation: str, before: int | None, limit: int) -> Sequence[RaisedAlarm]:
        """Return an organisation's alarms, the newest first, below a number."""

    def raise_alarm(self, organisation: str, machine: str | None, alarm: Alarm, at: int) -> None:
        """Keep an alarm that no batch brought."""
