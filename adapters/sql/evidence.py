"""The platform's rows as they stand, read for the proof: nothing is believed, nothing is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa

from adapters.sql.damage import SqlDamage
from adapters.sql.engine import open_engine, reading
from adapters.sql.record import ITEM, VERDICT, VISIT, item_of, verdict_of, visit_of
from adapters.sql.sections import section
from adapters.sql.tables.checkpoints import CHECKPOINTS
from adapters.sql.tables.fleet import MACHINES, ORGANISATIONS, PRICE_LISTS, SIGNERS
from adapters.sql.tables.keeping import OUTBOX
from adapters.sql.tables.points import ACCOUNTS, BALANCES, POSTINGS, TRANSACTIONS
from adapters.sql.tables.recorded import BATCHES, CURSORS, ENTRIES, ITEMS, LINKS, REJECTED, VERDICTS, VISITS
from application.ports.evidence import StoredBatch, StoredEntry, StoredEvent, StoredLink, StoredVerdict, Unreadable
from application.ports.repositories import Organisation
from domain.deposits.corrected_time import Sending, Span
from domain.deposits.journal import Cursor
from domain.deposits.visit import Item, Visit
from domain.points.ledger import Account, AccountKind
from domain.points.price_list import SignedPriceList
from domain.points.proof import StoredLedger, StoredTransaction
from domain.retention.checkpoint import Section, SignedCheckpoint
from domain.retention.month import Month

_CARRIED = sa.select(VISITS.c.id).where(VISITS.c.carried).scalar_subquery()


class SqlEvidence(SqlDamage):
    """The evidence port on a database that is only read, as it is at one moment."""

    def __init__(self, connection: sa.Connection) -> None:
        """Read on a connection, which stays its owner's."""
        self._connection = connection

    @classmethod
    def of_file(cls, file: Path) -> SqlEvidence:
        """Read an SQLite file, which must exist. Raises what the driver raises (or StoreError), as `of` does."""
        return cls(sa.create_engine(f"sqlite:///file:{file}?mode=ro&uri=true").connect())

    @classmethod
    def of(cls, url: str) -> SqlEvidence:
        """Read a database by its address."""
        return cls(reading(open_engine(url)).connect())

    def __enter__(self) -> SqlEvidence:  # noqa: PYI034 - Self is newer than our Python
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._connection.close()
        self._connection.engine.dispose()

    def checkpoints(self) -> Sequence[SignedCheckpoint]:
        """Return what is kept of the months that went."""
        rows = self._all(sa.select(CHECKPOINTS).order_by(CHECKPOINTS.c.until, CHECKPOINTS.c.number))
        return [SignedCheckpoint(row.month, _bytes(row.raw), row.key_id, _bytes(row.signature)) for row in rows]

    def section(self, name: str, month: Month, also: Collection[str], but: Collection[str]) -> Section:
        """Add up the rows of one kind that came in a month."""
        return section(self._connection, name, month, also, but)

    def organisations(self) -> Sequence[Organisation]:
        """Return the organisations."""
        return [Organisation(row.id, row.name, row.created_at) for row in self._all(sa.select(ORGANISATIONS))]

    def machines(self) -> Mapping[str, tuple[str, str]]:
        """Return organisation and name by machine."""
        return {row.id: (row.organisation_id, row.name) for row in self._all(sa.select(MACHINES))}

    def signers(self, organisation: str) -> Mapping[str, bytes]:
        """Return public keys by key id."""
        rows = self._all(sa.select(SIGNERS).where(SIGNERS.c.organisation_id == organisation))
        return {row.key_id: _bytes(row.public_key) for row in rows}

    def price_lists(self, organisation: str) -> Sequence[tuple[str, SignedPriceList]]:
        """Return price lists with the version that their row says."""
        query = sa.select(PRICE_LISTS).where(PRICE_LISTS.c.organisation_id == organisation)
        rows = self._all(query.order_by(PRICE_LISTS.c.valid_from, PRICE_LISTS.c.version))
        return [(row.version, SignedPriceList(_bytes(row.raw), row.key_id, _bytes(row.signature))) for row in rows]

    def batches(self) -> Mapping[int, StoredBatch]:
        """Return the batches by their numbers."""
        return {
            row.number: StoredBatch(
                Sending(row.boot, row.mono, row.wall, bool(row.trusted), row.received_at), row.unknown_a_day
            )
            for row in self._all(sa.select(BATCHES))
        }

    def entries(self, since: int, until: int | None) -> Iterator[StoredEntry]:
        """Return the entries that came within a time, in the order of recording."""
        query = sa.select(ENTRIES).where(ENTRIES.c.received_at >= since)
        if until is not None:
            query = query.where(ENTRIES.c.received_at < until)
        for row in self._streamed(query.order_by(ENTRIES.c.number)):
            yield StoredEntry(
                number=row.number,
                organisation=row.organisation_id,
                machine=row.machine_id,
                hash=row.hash,
                raw=_bytes(row.raw),
                batch=row.batch,
                place=row.place,
                received=row.received_at,
                span=Span(row.earliest, row.latest) if row.earliest <= row.latest else None,
            )

    def links(self, machine: str) -> Mapping[str, StoredLink]:
        """Return the links of a machine by hash."""
        rows = self._all(sa.select(LINKS).where(LINKS.c.machine_id == machine))
        return {
            row.hash: StoredLink(
                row.hash,
                row.prev,
                row.entry_id,
                row.epoch,
                row.seq,
                row.mono,
                row.earliest,
                row.latest,
                row.received_at,
            )
            for row in rows
        }

    def rejected(self, machine: str) -> Sequence[tuple[bytes, str, str | None, int]]:
        """Return what was kept apart: bytes, hash, epoch, seq."""
        rows = self._all(sa.select(REJECTED).where(REJECTED.c.machine_id == machine))
        return [(_bytes(row.raw), row.hash, row.epoch, row.seq) for row in rows]

    def visits(self, since: int) -> Mapping[str, Visit | Unreadable]:
        """Return the visits that came from a moment on, or are carried over it."""
        return self._visits(_live(since))

    def items(self, since: int) -> Mapping[str, Item | Unreadable]:
        """Return the items that came from a moment on, or are of visits that are carried over it."""
        return self._items(sa.or_(ITEMS.c.received_at >= since, ITEMS.c.visit_id.in_(_CARRIED)))

    def sealed_visits(self, until: int) -> Mapping[str, Visit | Unreadable]:
        """Return the visits that came before a moment and are over."""
        return self._visits(sa.not_(_live(until)))

    def sealed_items(self, until: int) -> Mapping[str, Item | Unreadable]:
        """Return the items that came before a moment, of visits that are over."""
        return self._items(sa.and_(ITEMS.c.received_at < until, ITEMS.c.visit_id.not_in(_CARRIED)))

    def _visits(self, which: sa.ColumnElement[bool]) -> Mapping[str, Visit | Unreadable]:
        found: dict[str, Visit | Unreadable] = {}
        for row in self._all(sa.select(*VISIT).where(which)):
            try:
                found[row.id] = visit_of(row)
            except ValueError as broken:
                found[row.id] = Unreadable(f"visit {row.id}", str(broken))
        return found

    def _items(self, which: sa.ColumnElement[bool]) -> Mapping[str, Item | Unreadable]:
        found: dict[str, Item | Unreadable] = {}
        for row in self._all(sa.select(*ITEM, ITEMS.c.accepted).where(which)):
            try:
                item = item_of(row[:-1])
                same = bool(row.accepted) == item.decided.decision.accepted
                found[row.id] = item if same else Unreadable(f"item {row.id}", "accepted is not what was decided")
            except (ValueError, TypeError) as broken:
                found[row.id] = Unreadable(f"item {row.id}", str(broken))
        return found

    def verdicts(self, since: int) -> Sequence[StoredVerdict]:
        """Return the verdicts on what came from a moment on."""
        found = []
        query = sa.select(VERDICTS.c.machine_id, VERDICTS.c.hash, VERDICTS.c.item_id, *VERDICT)
        for row in self._all(query.where(VERDICTS.c.judged_at >= since)):
            try:
                verdict = verdict_of(row[3:])
            except ValueError:
                verdict = None
            found.append(StoredVerdict(row.machine_id, row.hash, row.item_id, verdict))
        return found

    def cursors(self, machine: str) -> Mapping[str, Cursor]:
        """Return the cursors of a machine by epoch."""
        rows = self._all(sa.select(CURSORS).where(CURSORS.c.machine_id == machine))
        return {row.epoch: Cursor(row.epoch, row.seq, row.hash) for row in rows}

    def ledger(self, since: int, until: int | None) -> StoredLedger:
        """Return the ledger's rows: all but the postings outside a time."""
        postings: dict[str, list[tuple[str, int]]] = {}
        for row in self._all(_within(POSTINGS, since, until).order_by(POSTINGS.c.number)):
            postings.setdefault(row.transaction_id, []).append((row.account_id, row.amount))
        transactions = [
            StoredTransaction(row.id, row.organisation_id, row.at, row.reverses, tuple(postings.pop(row.id, ())))
            for row in self._all(_within(TRANSACTIONS, 0, until).order_by(TRANSACTIONS.c.number))
        ]
        accounts = {}
        for row in self._all(sa.select(ACCOUNTS)):
            known = row.kind in {kind.value for kind in AccountKind}
            kind = AccountKind(row.kind) if known else AccountKind.ISSUING
            accounts[row.id] = Account(row.organisation_id, kind, row.owner, row.unit)
        return StoredLedger(
            transactions=transactions,
            accounts=accounts,
            balances={row.account_id: row.balance for row in self._all(sa.select(BALANCES))},
            since=since,
            orphans=[(of, name, amount) for of, lines in postings.items() for name, amount in lines],
        )

    def events(self, types: Collection[str], since: int) -> Iterator[StoredEvent]:
        """Return the events of these types from a moment on, in the order of recording."""
        query = sa.select(OUTBOX.c.number, OUTBOX.c.aggregate, OUTBOX.c.type, OUTBOX.c.data)
        for row in self._streamed(
            query.where(OUTBOX.c.type.in_(types), OUTBOX.c.at >= since).order_by(OUTBOX.c.number)
        ):
            yield StoredEvent(*row)

    def unpublished(self) -> int:
        """Count the events that were not published."""
        query = sa.select(sa.func.count()).select_from(OUTBOX).where(OUTBOX.c.published_at.is_(None))
        return self._connection.execute(query).scalar_one()

    def torn_versions(self) -> Sequence[str]:
        """Return the aggregates whose events do not count up from 1 without a hole."""
        version = OUTBOX.c.version
        query = (
            sa.select(OUTBOX.c.aggregate)
            .group_by(OUTBOX.c.aggregate)
            .having((sa.func.count() != sa.func.max(version)) | (sa.func.min(version) != 1))
        )
        return list(self._connection.execute(query).scalars())

    def _all(self, query: sa.Select) -> sa.Result:
        return self._connection.execute(query)

    def _streamed(self, query: sa.Select) -> sa.Result:
        """Read what may be more than fits into memory."""
        return self._connection.execute(query, execution_options={"yield_per": 1000})


def _live(since: int) -> sa.ColumnElement[bool]:
    return sa.or_(VISITS.c.received_at >= since, VISITS.c.carried)


def _within(table: sa.Table, since: int, until: int | None) -> sa.Select[Any]:
    query = sa.select(table).where(table.c.at >= since)
    return query if until is None else query.where(table.c.at < until)


def _bytes(value: bytes | str) -> bytes:
    """Return a column's bytes; an edit by hand may have made it text."""
    return value.encode() if isinstance(value, str) else bytes(value)
