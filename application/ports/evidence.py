"""The platform's files as they stand, for the proof: rows as they are, right or wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from attrs import frozen

from application.ports.repositories import Organisation
from domain.deposits.corrected_time import Sending, Span
from domain.deposits.journal import Cursor
from domain.deposits.settlement import Verdict
from domain.deposits.visit import Item, Visit
from domain.points.price_list import SignedPriceList
from domain.points.proof import StoredLedger
from domain.retention.checkpoint import Section, SignedCheckpoint
from domain.retention.month import Month


@frozen
class StoredBatch:
    """A batch's row."""

    sending: Sending
    unknown_a_day: int
    """The bound by which it was judged."""


@frozen
class StoredEntry:
    """An entry's row."""

    number: int
    organisation: str
    machine: str
    hash: str
    raw: bytes
    batch: int
    place: str
    received: int
    span: Span | None
    """None when the row's times are no span."""


@frozen
class StoredLink:
    """A row of the narrow table that holds once-only."""

    hash: str
    prev: str
    entry: str
    epoch: str
    seq: int
    mono: int
    earliest: int
    latest: int
    received: int


@frozen
class StoredVerdict:
    """A verdict's row. `verdict` is None when its words are none of ours."""

    machine: str
    hash: str
    item: str | None
    verdict: Verdict | None


@frozen
class Unreadable:
    """A row that cannot be read at all."""

    where: str
    why: str


@frozen
class StoredEvent:
    """An event's row. `data` is the text as it stands."""

    number: int
    aggregate: str
    type: str
    data: str


class Evidence(Protocol):
    """All that the platform keeps and that can be worked out anew.

    Months that went have no entries and no postings any more; `since` is the moment after them.
    """

    def checkpoints(self) -> Sequence[SignedCheckpoint]:
        """Return what is kept of the months that went, in the order in which they did."""

    def section(self, name: str, month: Month, also: Collection[str], but: Collection[str]) -> Section:
        """Add up the rows of one kind that came in a month, in their order.

        Of visits and items, those with the ids `also` count too, and those with the ids `but` do not.
        """

    def damage(self) -> Sequence[str]:
        """Return what the database itself finds wrong with its file."""

    def organisations(self) -> Sequence[Organisation]:
        """Return the organisations."""

    def machines(self) -> Mapping[str, tuple[str, str]]:
        """Return organisation and name by machine."""

    def signers(self, organisation: str) -> Mapping[str, bytes]:
        """Return public keys by key id."""

    def price_lists(self, organisation: str) -> Sequence[tuple[str, SignedPriceList]]:
        """Return price lists with the version that their row says."""

    def batches(self) -> Mapping[int, StoredBatch]:
        """Return the batches by their numbers."""

    def entries(self, since: int, until: int | None) -> Iterator[StoredEntry]:
        """Return the entries that came from a moment on, before another, in the order of recording."""

    def links(self, machine: str) -> Mapping[str, StoredLink]:
        """Return the links of a machine by hash."""

    def rejected(self, machine: str) -> Sequence[tuple[bytes, str, str | None, int]]:
        """Return what was kept apart: bytes, hash, epoch, seq."""

    def visits(self, since: int) -> Mapping[str, Visit | Unreadable]:
        """Return the visits by id that came from a moment on, and those that are carried over it."""

    def items(self, since: int) -> Mapping[str, Item | Unreadable]:
        """Return the items by id that came from a moment on, and those of visits that are carried over it."""

    def sealed_visits(self, until: int) -> Mapping[str, Visit | Unreadable]:
        """Return the visits by id that came before a moment and are over."""

    def sealed_items(self, until: int) -> Mapping[str, Item | Unreadable]:
        """Return the items by id that came before a moment, of visits that are over."""

    def verdicts(self, since: int) -> Sequence[StoredVerdict]:
        """Return the verdicts on what came from a moment on."""

    def cursors(self, machine: str) -> Mapping[str, Cursor]:
        """Return the cursors of a machine by epoch."""

    def ledger(self, since: int, until: int | None) -> StoredLedger:
        """Return the ledger's rows: all but the postings before `since` and from `until` on."""

    def events(self, types: Collection[str], since: int) -> Iterator[StoredEvent]:
        """Return the events of these types from a moment on, in the order of recording."""

    def unpublished(self) -> int:
        """Count the events that were not published."""

    def strays(self) -> Sequence[str]:
        """Return where rows name another organisation than the machine, account or transaction they belong to."""

    def misdated(self) -> Sequence[str]:
        """Return where rows say that they came at another moment than what they belong to."""

    def torn_versions(self) -> Sequence[str]:
        """Return the aggregates whose events do not count up from 1 without a hole."""
