"""Take in the entries of one batch, in order: place each in the chain, date it, judge it.

Reads from the store, writes nothing: what the batch came to is handed back.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from attrs import define, field, frozen

from application.ports.record_store import Rejected
from application.ports.signing import SignatureVerifier
from application.ports.unit_of_work import UnitOfWork
from domain.deposits.chain import Held, Link, Place, place
from domain.deposits.corrected_time import Anchor, Known, Sending, Span, anchor, corrected
from domain.deposits.journal import (
    LONGEST_ENTRY,
    NO_HASH,
    BrokenChain,
    Cursor,
    Entry,
    Kind,
    MalformedEntry,
    digest,
    place_of,
    read,
)
from domain.deposits.record import Alarm, Judged, Record
from domain.deposits.settlement import DAY, day_of
from domain.deposits.token import MalformedToken, from_text
from domain.deposits.visit import Item, Visit
from domain.fleet.machine import Machine
from domain.points import price_list
from domain.points.price_list import PriceList, SignedPriceList


@frozen
class Arrival:
    """One entry as it came: its bytes, their hash, and what could be read."""

    raw: bytes
    hash: str
    entry: Entry | None
    why: str = ""

    @classmethod
    def of(cls, raw: bytes) -> Arrival:
        """Read what came; what cannot be read says why."""
        try:
            entry = read(raw)
        except MalformedEntry as broken:
            return cls(raw, digest(raw), None, _said(broken))
        return cls(raw, entry.hash, entry)


@define
class Arrivals:
    """What a batch came to."""

    cursor: Cursor | None = None
    gap: bool = False
    replayed: int = 0
    judged: list[Judged] = field(factory=list)
    rejected: list[Rejected] = field(factory=list)
    alarms: list[Alarm] = field(factory=list)
    cursors: dict[str, Cursor] = field(factory=dict)
    anchored: Anchor | None = None

    def touched_visits(self) -> dict[str, Visit]:
        """Return the visits that the batch touched, as they are after it."""
        return {each.visit.id: each.visit for each in self.judged if each.visit is not None}

    def touched_items(self) -> dict[str, Item]:
        """Return the items that the batch touched, as they are after it."""
        return {each.item.id: each.item for each in self.judged if each.item is not None}


def arrived(
    work: UnitOfWork, machine: Machine, arrivals: Sequence[Arrival], sending: Sending,
    verifier: SignatureVerifier, bound: int,
) -> Arrivals:  # fmt: skip
    """Take in a batch, up to the first gap."""
    taking = _Taking(work, machine, sending, verifier, bound, arrivals)
    for arrival in arrivals:
        if not taking.take(arrival):
            break
    return taking.came


@functools.lru_cache(maxsize=256)
def _prices(raw: bytes) -> PriceList:
    return price_list.read(raw)


_LONGEST_ID = 64


class _Taking:
    """The work of taking in one batch."""

    def __init__(
        self, work: UnitOfWork, machine: Machine, sending: Sending, verifier: SignatureVerifier, bound: int,
        arrivals: Sequence[Arrival],
    ) -> None:  # fmt: skip
        self.work, self.machine, self.sending, self.verifier = work, machine, sending, verifier
        self.came = Arrivals()
        entries = [arrival.entry for arrival in arrivals if arrival.entry is not None]
        held = work.record.held(
            machine.id,
            {arrival.hash for arrival in arrivals},
            {entry.prev for entry in entries},
            {entry.id for entry in entries},
        )
        self.links, self.succeeded, self.ids = dict(held.links), set(held.succeeded), dict(held.ids)
        self.held = Held(self.links, self.succeeded, self.ids)
        tied = anchor(sending)
        self.anchors = work.record.anchors(machine.id, {entry.epoch for entry in entries} - {sending.boot})
        self.anchors[sending.boot] = tied
        self.came.anchored = tied
        self.last: Link | None = None
        self.keys: dict[str, bytes] | None = None
        self.record = self._record(entries, bound)

    def _record(self, entries: Sequence[Entry], bound: int) -> Record:
        """Load what the entries refer to."""
        new = {entry.id for entry in entries} - self.ids.keys()
        named = _texts(entry.body.get("item") for entry in entries if entry.kind is Kind.ITEM_SETTLED) - new
        items = self.work.record.items(self.machine.id, named) if named else {}
        visits = _texts(entry.body.get("visit") for entry in entries) | {item.visit for item in items.values()}
        wanted = visits - new
        added = _texts(entry.body.get("visit") for entry in entries if entry.kind is Kind.ITEM_DECIDED) - new
        settles = any(entry.kind is Kind.ITEM_SETTLED for entry in entries)
        lists: Sequence[SignedPriceList] = self.work.price_lists.of(self.machine.organisation) if settles else ()
        return Record(
            machine=self.machine.id,
            organisation=self.machine.organisation,
            lists=[_prices(signed.raw) for signed in lists],
            visits=self.work.record.visits(self.machine.id, wanted) if wanted else {},
            items=items,
            bound=bound,
            sealed=self.work.record.sealed(added) if added else set(),
        )

    def take(self, arrival: Arrival) -> bool:
        """Take one entry. Returns False at a gap."""
        entry = arrival.entry
        if entry is None:
            self._reject(arrival, arrival.why, self._next_place())
            return True
        if entry.machine != self.machine.id:
            self._reject(arrival, f"entry {entry.id} is of machine {entry.machine}", place_of(entry))
            return True
        try:
            where = place(entry, self.held)
        except BrokenChain as broken:
            self._reject(arrival, _said(broken), place_of(entry))
            return True
        if where is Place.GAP:
            self._gap(entry)
            return False
        if where is Place.REPLAY:
            self._replay(self.links[entry.hash])
            return True
        self._store(entry, where)
        return True

    def _store(self, entry: Entry, where: Place) -> None:
        before = self.links.get(entry.prev)
        tied = self.anchors.get(entry.epoch)
        span = corrected(entry, self.sending, tied, before.known if before else None)
        self._prepare(entry, span)
        self.came.judged.append(self.record.take(entry, where, span, signed=self._signed(entry)))
        self.links[entry.hash] = self.last = Link(
            entry.hash, entry.epoch, entry.seq, Known(entry.epoch, entry.mono, span)
        )
        self.succeeded.add(entry.prev)
        self.ids.setdefault(entry.id, entry.hash)
        self._move(place_of(entry))

    def _prepare(self, entry: Entry, span: Span) -> None:
        """Load what judging this entry needs beyond the batch."""
        if entry.kind is Kind.ITEM_SETTLED and entry.body.get("outcome") == "unknown":
            item = self.record.items.get(str(entry.body.get("item")))
            day = day_of(item.span) if item else None
            if day is not None and day not in self.record.unknown:
                whole = Span(day * DAY, (day + 1) * DAY - 1)
                self.record.unknown[day] = self.work.record.unknown(self.machine.id, whole)

    def _signed(self, entry: Entry) -> bool:
        """Tell whether the token in a `visit_opened` bears a signature of the platform."""
        text = entry.body.get("token") if entry.kind is Kind.VISIT_OPENED else None
        if not isinstance(text, str):
            return False
        try:
            token = from_text(text)
        except MalformedToken:
            return False
        if self.keys is None:
            self.keys = self.work.signers.of(self.machine.organisation)
        key = self.keys.get(token.claims.key_id)
        if key is None or not self.verifier.verify(key, token.signed, token.signature):
            return False
        session = token.claims.session
        if session not in self.record.session_machines:
            # Locked, so that two machines that report the same session at once see each other.
            self.work.sessions.locked([session])
            self.record.session_machines[session] = self.work.record.session_machines([session]).get(session, set())
        return True

    def _reject(self, arrival: Arrival, why: str, at: Cursor | None) -> None:
        known_apart = self.links.get(arrival.hash) or self.work.record.rejected(self.machine.id, arrival.hash)
        if known_apart is not None:
            self.links[arrival.hash] = known_apart
            self._replay(known_apart)
            return
        epoch, seq = (at.epoch, at.seq) if at else (None, 0)
        known = self.last.known if self.last else None
        self.came.rejected.append(Rejected(arrival.hash, arrival.raw[:LONGEST_ENTRY], why, epoch, seq))
        self.came.alarms.append(Alarm("rejected_entry", why))
        self.links[arrival.hash] = self.last = Link(arrival.hash, epoch, seq, known)
        if epoch is not None:
            self._move(Cursor(epoch, seq, arrival.hash))

    def _next_place(self) -> Cursor | None:
        """Where something unreadable stands: after the one before it, or after all that is held."""
        if self.last is not None and self.last.epoch is not None:
            return Cursor(self.last.epoch, self.last.seq + 1, NO_HASH)
        held = self.work.record.cursor(self.machine.id)
        return Cursor(held.epoch, held.seq + 1, NO_HASH) if held else None

    def _replay(self, link: Link) -> None:
        self.came.replayed += 1
        self.last = link
        if link.epoch is not None:
            self.came.cursor = Cursor(link.epoch, link.seq, link.hash)

    def _move(self, cursor: Cursor) -> None:
        self.came.cursor = cursor
        self.came.cursors.pop(cursor.epoch, None)
        self.came.cursors[cursor.epoch] = cursor

    def _gap(self, entry: Entry) -> None:
        self.came.gap = True
        if self.came.cursor is None:
            of_epoch = self.work.record.cursor(self.machine.id, entry.epoch)
            self.came.cursor = of_epoch or self.work.record.cursor(self.machine.id)


def _texts(values: Iterable[object]) -> set[str]:
    """Return those values that may be ids: what else a body holds is judged, not looked up."""
    return {
        value
        for value in values
        if isinstance(value, str) and len(value) <= _LONGEST_ID and value.isascii() and value.isprintable()
    }


def _said(error: Exception) -> str:
    """Return what an error says as text that can be stored anywhere, whatever it quotes."""
    return str(error)[:400].encode("ascii", "backslashreplace").decode("ascii")
