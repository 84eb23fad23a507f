"""A platform with machines that write true journals, for people with true sessions."""

from __future__ import annotations

import json

import punq
from attrs import define, field

from application.platform.open_session import OpenSession
from application.platform.publish_price_list import PublishPriceList
from application.platform.record_deposits import LONGEST_BATCH
from application.platform.register_machine import RegisterMachine
from application.ports.clock import Clock, IdSource
from application.ports.repositories import Organisation
from benchmarks.stand.caller import post
from domain.deposits import journal
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
    Picture,
    Promise,
    VisitClosed,
    VisitOpened,
    kind_of,
    written,
)
from domain.deposits.journal import Entry
from domain.deposits.recognition import Box, Mask, Material, Recognition
from entrypoints.container import build_platform, resolved
from entrypoints.settings import PlatformSettings

MODEL = "first-light-1+3fa9c1d2"
_SEEN = Recognition(
    1, Material.GLASS, 991_204, 998_112, Box(41, 60, 300, 480), Material.GLASS, 930_000, Mask(41_207), MODEL
)  # fmt: skip


@define
class Machine:
    """A machine that writes its journal by the rules, and has booted."""

    id: str
    api_key: str
    container: punq.Container
    boot: str
    entries: list[Entry] = field(factory=list)
    """Written since the last call of `batches`."""
    seq: int = 0
    prev: str = journal.NO_HASH

    def write(self, body: Body) -> str:
        """Write one entry and return its id."""
        now = resolved(self.container, Clock).now()
        entry = journal.write(
            id=resolved(self.container, IdSource).next(), machine=self.id, epoch=self.boot, seq=self.seq,
            prev=self.prev, mono=now.mono, wall=now.wall, trusted=True, kind=kind_of(body), body=written(body),
        )  # fmt: skip
        self.entries.append(entry)
        self.seq, self.prev = entry.seq + 1, entry.hash
        return entry.id

    def visit(self, person: str, deposits: int) -> None:
        """Write a whole visit."""
        visit = self.open(person)
        for number in range(deposits):
            self.deposit(visit, number)
        self.write(VisitClosed(visit, Ending.DONE))

    def open(self, person: str) -> str:
        """Open a visit by a session of a person's; returns its id."""
        organisation = resolved(self.container, Organisation)
        token = resolved(self.container, OpenSession)(organisation.id, person).token
        return self.write(VisitOpened(Opener.SESSION, token, claimed=True, price_list="bench"))

    def deposit(self, visit: str, number: int) -> None:
        """Decide on an item, and settle it."""
        picture = Picture(f"{self.seq:064x}", f"{self.seq:016x}")
        decided = ItemDecided(
            visit, Decision(True, Reason.CONTAINER), _SEEN, picture, Promise("bench", 50), Counters(number, 0)
        )
        self.write(ItemSettled(self.write(decided), Outcome.STORED))

    def batches(self, size: int = LONGEST_BATCH) -> list[list[bytes]]:
        """Cut what was written since the last call into batches, and begin anew."""
        entries, self.entries = [entry.raw for entry in self.entries], []
        return [entries[at : at + size] for at in range(0, len(entries), size)]

    def request(self, batch: list[bytes]) -> bytes:
        """Return the whole HTTP request that sends a batch."""
        clock = resolved(self.container, Clock).now()
        told = {
            "boot": self.boot,
            "sending": {"mono": clock.mono, "wall": clock.wall, "trusted": True},
            "waiting": 0,
            "entries": [raw.decode("ascii") for raw in batch],
        }
        path, key = f"/api/v1/machines/{self.id}/entries", f"Bearer {self.api_key}"
        return post(path, json.dumps(told).encode(), {"Authorization": key})


def platform_with(settings: PlatformSettings, machines: int = 1) -> tuple[punq.Container, list[Machine]]:
    """Build a platform with a price list and machines that have booted."""
    container = build_platform(settings)
    organisation, now = resolved(container, Organisation).id, resolved(container, Clock).now().wall
    resolved(container, PublishPriceList)(organisation, "bench", {Material.GLASS: 50}, now - 10**12, now + 10**13)
    made = []
    for number in range(machines):
        registered = resolved(container, RegisterMachine)(organisation, f"Bench {number}")
        machine = Machine(registered.machine.id, registered.api_key, container, resolved(container, IdSource).next())
        machine.write(Booted("bench", MODEL))
        made.append(machine)
    return container, made
