"""Entries that follow one another, for tests: deterministic ids, so a failure reads the same every time."""

from __future__ import annotations

import uuid

from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import (
    Body,
    Booted,
    Counters,
    Ending,
    ItemDecided,
    ItemSettled,
    Opener,
    Outcome,
    VisitClosed,
    VisitOpened,
    kind_of,
    written,
)
from domain.deposits.journal import NO_HASH, Entry, Kind, write
from domain.deposits.recognition import Box, Mask, Material, Recognition

MACHINE = str(uuid.UUID(int=0xA))
SEEN = Recognition(
    items=1,
    label=Material.PLASTIC,
    confidence=970_000,
    container=990_000,
    box=Box(10, 20, 200, 300),
    vote=Material.PLASTIC,
    vote_confidence=800_000,
    mask=Mask(30_000),
    model="test-1+00000000",
)


class Story:
    """One machine's life, entry by entry."""

    def __init__(self, machine: str = MACHINE, first: int = 1) -> None:
        self.machine = machine
        self.entries: list[Entry] = []
        self._number = first
        self._epoch = ""
        self._visit = ""
        self._item = ""

    @property
    def last(self) -> Entry:
        return self.entries[-1]

    def booted(self) -> Entry:
        self._epoch = self._id()
        return self._add(Booted(software="test", model="test-1"))

    def visit_opened(self) -> Entry:
        entry = self._add(VisitOpened(by=Opener.GUEST, token=None, claimed=False, price_list=None))
        self._visit = entry.id
        return entry

    def item_decided(self, accepted: bool = True) -> Entry:
        entry = self._add(
            ItemDecided(
                visit=self._visit,
                decision=Decision(accepted, Reason.CONTAINER if accepted else Reason.UNCERTAIN),
                recognition=SEEN,
                picture=None,
                promise=None,
                counters=Counters(0, 0),
            )
        )
        self._item = entry.id
        return entry

    def item_settled(self, outcome: Outcome = Outcome.STORED) -> Entry:
        return self._add(ItemSettled(item=self._item, outcome=outcome))

    def visit_closed(self) -> Entry:
        return self._add(VisitClosed(visit=self._visit, why=Ending.DONE))

    def tell(self, kind: Kind) -> Entry:
        return getattr(self, kind.value)()

    def visit(self, items: int = 1) -> list[Entry]:
        """A whole visit."""
        start = len(self.entries)
        self.visit_opened()
        for _ in range(items):
            self.item_decided()
            self.item_settled()
        self.visit_closed()
        return self.entries[start:]

    def _id(self) -> str:
        self._number += 1
        return str(uuid.UUID(int=(7 << 76) | (2 << 62) | self._number))

    def _add(self, body: Body) -> Entry:
        before = self.entries[-1] if self.entries else None
        new = isinstance(body, Booted)
        entry = write(
            id=self._id(),
            machine=self.machine,
            epoch=self._epoch,
            seq=0 if new else before.seq + 1,
            prev=before.hash if before else NO_HASH,
            mono=len(self.entries) * 1_000,
            wall=1_700_000_000_000_000 + len(self.entries) * 1_000,
            trusted=True,
            kind=kind_of(body),
            body=written(body),
        )
        self.entries.append(entry)
        return entry
