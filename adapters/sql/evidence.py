"""The platform's rows as they stand, read for the proof: nothing is believed, nothing is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import sqlalchemy as sa

from adapters.sql.engine import open_engine, reading
from adapters.sql.record import ITEM, VERDICT, VISIT, item_of, verdict_of, visit_of
from adapters.sql.tables.fleet import MACHINES, ORGANISATIONS, PRICE_LISTS, SIGNERS
from adapters.sql.tables.keeping import OUTBOX
from adapters.sql.tables.points import ACCOUNTS, BALANCES, POSTINGS, TRANSACTIONS
from adapters.sql.tables.recorded import BATCHES, CURSORS, ENTRIES, ITEMS, LINKS, REJECTED, VERDICTS
from application.ports.evidence import StoredBatch, StoredEntry, StoredEvent, StoredLink, StoredVerdict, Unreadable
from application.ports.repositories import Organisation
from domain.deposits.corrected_time import Sending, Span
from domain.deposits.journal import Cursor
from domain.deposits.visit import Item, Visit
from domain.points.ledger import Account, AccountKind
from domain.points.price_list import SignedPriceList
from domain.points.proof import StoredLedger, StoredTransaction

_POSTGRES_DAMAGE = {
    "constraint that is not checked": "SELECT conname FROM pg_constraint WHERE NOT convalidated",
    "index that is not valid": "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid",
    "pages with a wrong checksum": """
        SELECT checksum_failures::text FROM pg_stat_database
        WHERE datname = current_database() AND checksum_failures > 0""",
}
_OWNERS = {
    "links": ("machine_id", "machines"),
    "cursors": ("machine_id", "machines"),
    "postings": ("transaction_id", "transactions"),
    "balances": ("account_id", "accounts"),
}
"""By which column a row of a narrow table belongs to what, and so to an organisation."""


class SqlEvidence:
    """The evidence port on a database that is only read, as it is at one moment."""

    def __init__(self, engine: sa.Engine) -> None:
        """Take an engine that only reads. Raises what the driver raises (or StoreError)."""
        self._engine = engine
        self._connection = self._engine.connect()

    @classmethod
    def of_file(cls, file: Path) -> SqlEvidence:
        """Read an SQLite file, which must exist."""
        return cls(sa.create_engine(f"sqlite:///file:{file}?mode=ro&uri=true"))

    @classmethod
    def of(cls, url: str) -> SqlEvidence:
        """Read a database by its address."""
        return cls(reading(open_engine(url)))

    def __enter__(self) -> SqlEvidence:  # noqa: PYI034 - Self is newer than our Python
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._connection.close()
        self._engine.dispose()

    def damage(self) -> Sequence[str]:
        """Return what the database finds wrong with itself."""
        if self._engine.dialect.name != "sqlite":
            return [
                f"{what}: {row}"
                for what, question in _POSTGRES_DAMAGE.items()
                for row in self._connection.exec_driver_sql(question).scalars()
            ]
        found: list[str] = []
        for pragma in ("integrity_check(20)", "foreign_key_check"):
            try:
                rows = self._connection.exec_driver_sql(f"PRAGMA {pragma}").all()
            except sa.exc.DatabaseError as broken:
                found.append(str(broken.orig))
                continue
            found += [" ".join(str(part) for part in row) for row in rows if row[0] != "ok"]
        return found

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

    def entries(self) -> Iterator[StoredEntry]:
        """Return the entries in the order of recording."""
        for row in self._streamed(sa.select(ENTRIES).order_by(ENTRIES.c.number)):
            yield StoredEntry(
                number=row.number,
                organisation=row.organisation_id,
                machine=row.machine_id,
                hash=row.hash,
                raw=_bytes(row.raw),
                batch=row.batch,
                place=row.place,
                span=Span(row.earliest, row.latest) if row.earliest <= row.latest else None,
            )

    def links(self, machine: str) -> Mapping[str, StoredLink]:
        """Return the links of a machine by hash."""
        rows = self._all(sa.select(LINKS).where(LINKS.c.machine_id == machine))
        return {
            row.hash: StoredLink(
                row.hash, row.prev, row.entry_id, row.epoch, row.seq, row.mono, row.earliest, row.latest
            )
            for row in rows
        }

    def rejected(self, machine: str) -> Sequence[tuple[bytes, str, str | None, int]]:
        """Return what was kept apart: bytes, hash, epoch, seq."""
        rows = self._all(sa.select(REJECTED).where(REJECTED.c.machine_id == machine))
        return [(_bytes(row.raw), row.hash, row.epoch, row.seq) for row in rows]

    def visits(self) -> Mapping[str, Visit | Unreadable]:
        """Return the visits by id."""
        found: dict[str, Visit | Unreadable] = {}
        for row in self._all(sa.select(*VISIT)):
            try:
                found[row.id] = visit_of(row)
            except ValueError as broken:
                found[row.id] = Unreadable(f"visit {row.id}", str(broken))
        return found

    def items(self) -> Mapping[str, Item | Unreadable]:
        """Return the items by id."""
        found: dict[str, Item | Unreadable] = {}
        for row in self._all(sa.select(*ITEM, ITEMS.c.accepted)):
            try:
                item = item_of(row[:-1])
                same = bool(row.accepted) == item.decided.decision.accepted
                found[row.id] = item if same else Unreadable(f"item {row.id}", "accepted is not what was decided")
            except (ValueError, TypeError) as broken:
                found[row.id] = Unreadable(f"item {row.id}", str(broken))
        return found

    def verdicts(self) -> Sequence[StoredVerdict]:
        """Return the verdicts."""
        found = []
        for row in self._all(sa.select(VERDICTS.c.machine_id, VERDICTS.c.hash, VERDICTS.c.item_id, *VERDICT)):
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

    def ledger(self) -> StoredLedger:
        """Return the ledger's rows."""
        postings: dict[str, list[tuple[str, int]]] = {}
        for row in self._all(sa.select(POSTINGS).order_by(POSTINGS.c.number)):
            postings.setdefault(row.transaction_id, []).append((row.account_id, row.amount))
        transactions = [
            StoredTransaction(row.id, row.organisation_id, row.at, row.reverses, tuple(postings.pop(row.id, ())))
            for row in self._all(sa.select(TRANSACTIONS).order_by(TRANSACTIONS.c.number))
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
            orphans=[(of, name, amount) for of, lines in postings.items() for name, amount in lines],
        )

    def events(self, types: Collection[str]) -> Iterator[StoredEvent]:
        """Return the events of these types, in the order of recording."""
        query = sa.select(OUTBOX.c.number, OUTBOX.c.aggregate, OUTBOX.c.type, OUTBOX.c.data)
        for row in self._streamed(query.where(OUTBOX.c.type.in_(types)).order_by(OUTBOX.c.number)):
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

    def strays(self) -> Sequence[str]:
        """Return the tables in which rows name another organisation than what they belong to."""
        return [
            f"{table}: {rows} rows name another organisation than what they belong to"
            for table, rows in ((table, self._strays(table)) for table in _OWNERS)
            if rows
        ]

    def _strays(self, table: str) -> int:
        key, owner = _OWNERS[table]
        question = f"""
            SELECT COUNT(*) FROM {table} JOIN {owner} ON {owner}.id = {table}.{key}
            WHERE {owner}.organisation_id <> {table}.organisation_id
        """  # noqa: S608 - our own words
        return int(self._connection.execute(sa.text(question)).scalar_one())

    def _all(self, query: sa.Select) -> sa.Result:
        return self._connection.execute(query)

    def _streamed(self, query: sa.Select) -> sa.Result:
        """Read what may be more than fits into memory."""
        return self._connection.execute(query, execution_options={"yield_per": 1000})


def _bytes(value: bytes | str) -> bytes:
    """Return a column's bytes; an edit by hand may have made it text."""
    return value.encode() if isinstance(value, str) else bytes(value)
