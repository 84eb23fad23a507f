"""Work out anew, from the entries' bytes alone, all that the platform made of them, and compare."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from application.platform.announce import of_entry
from application.platform.replayed import Replayed, go_on, not_over, stands
from application.ports.evidence import Evidence, StoredBatch, StoredEntry, StoredVerdict
from application.ports.outbox import Announcement
from application.ports.signing import SignatureVerifier
from domain.deposits.chain import Held, Link, Place, place
from domain.deposits.corrected_time import Known, Sending, Span, anchor, corrected
from domain.deposits.journal import BrokenChain, Entry, Kind, MalformedEntry, digest, place_of, read
from domain.deposits.record import Judged, Record
from domain.deposits.settlement import Standing, Verdict
from domain.deposits.token import MalformedToken, from_text
from domain.deposits.visit import Item, Visit
from domain.fleet.machine import Machine
from domain.points import price_list
from domain.points.ledger import Transaction, credit
from domain.points.price_list import MalformedPriceList, PriceList
from domain.points.proof import Finding
from domain.retention.checkpoint import Past, Stand


class Replay:
    """One run over the files. Afterwards `due`, `held` and the counts hold what it came to."""

    def __init__(self, evidence: Evidence, verifier: SignatureVerifier, past: Past | None = None) -> None:
        """Take the files, and what is left of the months that went."""
        self._evidence, self._verifier = evidence, verifier
        self._past = past or Past()
        self._machines: dict[str, Replayed] = {}
        self._keys: dict[str, Mapping[str, bytes]] = {}
        self._lists: dict[str, list[PriceList]] = {}
        self._ids: dict[str, str] = {}
        self._session_machines: dict[str, set[str]] = {}
        self._verdicts: dict[tuple[str, str], StoredVerdict] = {}
        self.due: dict[str, Transaction] = {}
        """The credits that verdicts ask for, by transaction."""
        self.held: dict[str, list[tuple[str, str]]] = {}
        """Hash and name of all that is held, by machine, in the order of recording."""
        self.announced: list[Announcement] = []
        """The events that entries come to."""
        self.entries = 0
        self.items = 0

    def judge(self, until: int | None = None) -> Iterator[Finding]:
        """Work through the entries that are there (those that came before a moment), and compare what they came to."""
        yield from self._trusted()
        batches = self._evidence.batches()
        self._verdicts = {(row.machine, row.hash): row for row in self._evidence.verdicts(self._past.until)}
        for machine, (organisation, name) in self._evidence.machines().items():
            self._machines[machine] = self._begin(machine, organisation, name)
            yield from self._apart(machine)
        yield from go_on(self._past, self._evidence, self._machines)
        for of, known in self._machines.items():
            gone = [link for link in known.rows.values() if link.received < self._past.until]
            held = [(link.hash, f"entry {link.entry} of a month that went") for link in gone]
            self.held.setdefault(of, []).extend(held)
        for row in self._evidence.entries(self._past.until, until):
            yield from self._entry(row, batches)

    def run(self) -> Iterator[Finding]:
        """Compare everything."""
        yield from self.judge()
        for key, verdict in self._verdicts.items():
            yield Finding("verdict", f"entry {key[1]} of machine {verdict.machine}", "a verdict on an entry not held")
        yield from self._projections()

    # ------------------------------------------------------------- what is trusted

    def _trusted(self) -> Iterator[Finding]:
        for organisation in self._evidence.organisations():
            keys = self._keys[organisation.id] = dict(self._evidence.signers(organisation.id))
            for key_id, key in keys.items():
                if hashlib.sha256(key).hexdigest()[:8] != key_id:
                    yield Finding("key", f"key {key_id}", "its bytes have another name")
            lists = self._lists[organisation.id] = []
            for version, signed in self._evidence.price_lists(organisation.id):
                signer = keys.get(signed.key_id)
                if signer is None or not self._verifier.verify(signer, signed.raw, signed.signature):
                    yield Finding("price list", f"price list {version}", "its signature does not fit its bytes")
                try:
                    prices = price_list.read(signed.raw)
                except MalformedPriceList as broken:
                    yield Finding("price list", f"price list {version}", str(broken))
                    continue
                if prices.version != version:
                    yield Finding("price list", f"price list {version}", f"its bytes say {prices.version}")
                lists.append(prices)

    def _begin(self, machine: str, organisation: str, name: str) -> Replayed:
        links: dict[str, Link] = {}
        succeeded: set[str] = set()
        record = Record(
            machine=machine,
            organisation=organisation,
            lists=self._lists.get(organisation, []),
            session_machines=self._session_machines,
        )
        held = Held(links, succeeded, self._ids)
        named = Machine(machine, organisation, name, "", 0)
        return Replayed(named, record, held, links, succeeded, self._ids, self._evidence.links(machine))

    def stands(self) -> tuple[Stand, ...]:
        """Return the epochs that moved, as they stand now."""
        return stands(self._past, self._machines)

    def carried(self, later: frozenset[str]) -> tuple[tuple[Visit, ...], tuple[Item, ...]]:
        """Return the visits that are not over, or that `later` items name, with their items."""
        return not_over(self._machines, later)

    def _apart(self, machine: str) -> Iterator[Finding]:
        """Place what was kept apart: entries may follow it."""
        known = self._machines[machine]
        for raw, recorded, epoch, seq in self._evidence.rejected(machine):
            if len(raw) <= _WHOLE and digest(raw) != recorded:
                yield Finding("hash", f"rejected entry {recorded} of machine {machine}", "its bytes have another hash")
            known.links[recorded] = Link(recorded, epoch, seq, None)
            self.held.setdefault(machine, []).append((recorded, f"rejected entry {recorded}"))

    # ------------------------------------------------------------- entry by entry

    def _entry(self, row: StoredEntry, batches: Mapping[int, StoredBatch]) -> Iterator[Finding]:
        self.entries += 1
        named = f"entry number {row.number} ({row.hash[:12]}) of machine {row.machine}"
        machine = self._machines.get(row.machine)
        batch = batches.get(row.batch)
        self.held.setdefault(row.machine, []).append((row.hash, named))
        if machine is None or batch is None:
            yield Finding("entry", named, "its machine is not registered" if machine is None else "its batch is gone")
            return
        if row.received != batch.sending.received:
            yield Finding("time", named, f"it came at {batch.sending.received}, its row says {row.received}")
        if digest(row.raw) != row.hash:
            yield Finding("hash", named, f"its bytes have the hash {digest(row.raw)}, not the one recorded")
        try:
            entry = read(row.raw)
        except MalformedEntry as broken:
            yield Finding("entry", named, str(broken))
            machine.links.setdefault(row.hash, Link(row.hash, None, 0, None))
            return
        named = f"entry {entry.id} ({entry.kind.value} {entry.seq} of epoch {entry.epoch}) of machine {row.machine}"
        self.held[row.machine][-1] = (row.hash, named)
        machine.record.bound = batch.unknown_a_day
        yield from self._judge(row, entry, machine, batch.sending, named)

    def _judge(
        self, row: StoredEntry, entry: Entry, machine: Replayed, sending: Sending, named: str
    ) -> Iterator[Finding]:  # fmt: skip
        try:
            where = place(entry, machine.held)
        except BrokenChain as broken:
            yield Finding("chain", named, str(broken))
            where = Place.NEXT
        if where is Place.GAP:
            yield Finding("chain", named, f"it follows {entry.prev}, which is gone")
            where = Place.NEXT
        if where.value != row.place:
            yield Finding("chain", named, f"it stands as {where.value}, its row says {row.place}")
        yield from self._link(row, entry, machine, named)
        span = self._span(entry, machine, sending)
        if span != row.span:
            yield Finding("time", named, f"it happened within {span}, its row says {row.span}")
        signed = self._signed(entry, machine.record.organisation)
        judged = machine.record.take(entry, where, span, signed=signed)
        yield from self._verdict(row, judged, named)
        self.announced += of_entry(judged, machine.named, 0, None)
        machine.links[row.hash] = Link(row.hash, entry.epoch, entry.seq, Known(entry.epoch, entry.mono, span))
        machine.succeeded.add(entry.prev)
        machine.ids.setdefault(entry.id, row.hash)
        machine.cursors[entry.epoch] = place_of(entry)
        machine.epochs.add(entry.epoch)
        if sending.boot in machine.epochs:
            machine.anchors[sending.boot] = anchor(sending)

    def _span(self, entry: Entry, machine: Replayed, sending: Sending) -> Span:
        before = machine.links.get(entry.prev)
        tied = anchor(sending) if entry.epoch == sending.boot else machine.anchors.get(entry.epoch)
        return corrected(entry, sending, tied, before.known if before else None)

    def _link(self, row: StoredEntry, entry: Entry, machine: Replayed, named: str) -> Iterator[Finding]:
        link = machine.rows.get(row.hash)
        wanted = (entry.prev, entry.id, entry.epoch, entry.seq, entry.mono)
        if link is None:
            yield Finding("once", named, "its link is gone")
        elif (link.prev, link.entry, link.epoch, link.seq, link.mono) != wanted:
            yield Finding("once", named, f"its link says otherwise: {link}")
        elif link.received != row.received:
            yield Finding("time", named, f"it came at {row.received}, its link says {link.received}")
        elif row.span is not None and (link.earliest, link.latest) != (row.span.earliest, row.span.latest):
            yield Finding("time", named, f"its link says {link.earliest}..{link.latest}")

    def _signed(self, entry: Entry, organisation: str) -> bool:
        text = entry.body.get("token") if entry.kind is Kind.VISIT_OPENED else None
        if not isinstance(text, str):
            return False
        try:
            token = from_text(text)
        except MalformedToken:
            return False
        key = self._keys.get(organisation, {}).get(token.claims.key_id)
        return key is not None and self._verifier.verify(key, token.signed, token.signature)

    def _verdict(self, row: StoredEntry, judged: Judged, named: str) -> Iterator[Finding]:
        stored = self._verdicts.pop((row.machine, row.hash), None)
        wanted = judged.verdict
        if wanted is not None:
            item = judged.item.id if judged.item else None
            if stored is None:
                yield Finding("verdict", named, f"it has none; it is {_said(wanted)}")
            elif stored.verdict != wanted:
                yield Finding("verdict", named, f"it is {_said(wanted)}, its row says {_said(stored.verdict)}")
            elif stored.item != item:
                yield Finding("verdict", named, f"it is about item {item}, its row says {stored.item}")
        elif stored is not None:
            yield Finding("verdict", named, f"it has {_said(stored.verdict)}, and there is nothing to judge")
        person = judged.visit.person if judged.visit else None
        if wanted and person and wanted.standing in (Standing.CREDITED, Standing.REPRICED) and wanted.points:
            self.due[judged.entry.id] = credit(judged.entry.id, self._organisation(row), person, wanted.points, 0)

    def _organisation(self, row: StoredEntry) -> str:
        return self._machines[row.machine].record.organisation

    # ------------------------------------------------------------- projections

    def _projections(self) -> Iterator[Finding]:
        visits: dict[str, object] = dict(self._evidence.visits(self._past.until))
        items: dict[str, object] = dict(self._evidence.items(self._past.until))
        for name, machine in self._machines.items():
            record = machine.record
            self.items += len(record.items)
            live = {id: visit for id, visit in record.visits.items() if id not in record.sealed}  # noqa: A001 - one
            yield from _same("visit", live, visits)
            yield from _same("item", {id: item for id, item in record.items.items() if item.visit in live}, items)  # noqa: A001
            gone = machine.rows.keys() - {hashed for hashed, _ in self.held.get(name, ())}
            for link in (machine.rows[hashed] for hashed in sorted(gone)):
                named = f"entry {link.entry} (number {link.seq} of epoch {link.epoch}) of machine {name}"
                yield Finding("entry", named, "it was recorded, and its bytes are gone")
            yield from self._cursors(name, machine)
        for kind, left in (("visit", visits), ("item", items)):
            for id in left:  # noqa: A001 - it is one
                yield Finding(kind, f"{kind} {id}", "no entry tells of it")

    def _cursors(self, name: str, machine: Replayed) -> Iterator[Finding]:
        for epoch, cursor in self._evidence.cursors(name).items():
            wanted = machine.cursors.get(epoch)
            if wanted != cursor and cursor.hash not in machine.links:
                yield Finding("cursor", f"epoch {epoch} of machine {name}", f"it stands on {cursor}, which is not held")
            elif wanted is not None and wanted.seq > cursor.seq:
                yield Finding("cursor", f"epoch {epoch} of machine {name}", f"it stands on {cursor}, not on {wanted}")


_WHOLE = 16_383
"""Rejected bytes that are longer were cut."""


def _same(kind: str, wanted: Mapping[str, object], stored: dict[str, object]) -> Iterator[Finding]:
    for id, value in wanted.items():  # noqa: A001 - it is one
        row = stored.pop(id, None)
        if row is None:
            yield Finding(kind, f"{kind} {id}", "its row is gone")
        elif row != value:
            yield Finding(kind, f"{kind} {id}", f"its row is not what the entries come to: {_difference(value, row)}")


def _difference(wanted: object, row: object) -> str:
    slots = [name for name in getattr(type(wanted), "__slots__", ()) if not name.startswith("__")]
    if type(wanted) is not type(row):
        return str(row)
    pairs = [(name, getattr(wanted, name), getattr(row, name)) for name in slots]
    return "; ".join(f"{name} is {ours}, the row says {theirs}" for name, ours, theirs in pairs if ours != theirs)


def _said(verdict: Verdict | None) -> str:
    if verdict is None:
        return "no word of ours"
    return f"{verdict.standing.value} ({verdict.why.value}) {verdict.points} points"
