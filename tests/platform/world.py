"""A platform on any store, and machines that write true journals, for the tests of this folder."""

from __future__ import annotations

import hashlib
import uuid

from attrs import define, field
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from application.platform.found_organisation import FoundOrganisation
from application.platform.open_session import Opened, OpenSession
from application.platform.publish_price_list import PublishPriceList
from application.platform.read_balance import ReadBalance
from application.platform.read_deposits import ReadDeposits
from application.platform.record_deposits import Batch, RecordDeposits, Recorded
from application.platform.register_machine import RegisterMachine
from application.ports.clock import Reading
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
)  # fmt: skip
from domain.deposits.journal import Entry
from domain.deposits.recognition import Box, Mask, Material, Recognition
from domain.deposits.session import organisation_tag
from domain.deposits.token import Claims, to_sign, to_text

SECOND = 1_000_000
DAY = 86_400 * SECOND
START = 1_800_000_000 * SECOND
GLASS, PLASTIC = 50, 20
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"platform").digest())
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"somebody else").digest())


@define
class TestClock:
    """The platform's clock, moved by hand."""

    __test__ = False
    wall: int = START

    def now(self) -> Reading:
        return Reading(wall=self.wall, mono=self.wall - START, trusted=True)

    def advance(self, microseconds: int) -> None:
        self.wall += microseconds


@define
class Counting:
    """Ids and chance that are the same in every run."""

    name: str = "ids"
    count: int = 0

    def next(self) -> str:
        self.count += 1
        return str(uuid.UUID(int=(self.count << 80) | (7 << 76) | (2 << 62) | _number(self.name, 40)))

    def token(self, size: int) -> bytes:
        self.count += 1
        return hashlib.shake_256(f"{self.name}{self.count}".encode()).digest(size)

    def fraction(self) -> float:
        return 0.5


def _number(text: str, bits: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") >> (256 - bits)


@define
class Writer:
    """A machine's hand: writes its journal, entry by entry, with its own clocks."""

    machine: str
    ids: Counting
    clock: TestClock
    skew: int = 0
    trusted: bool = True
    epoch: str = ""
    booted_at: int = 0
    seq: int = 0
    prev: str = journal.NO_HASH
    entries: list[Entry] = field(factory=list)

    def write(self, body: Body, /, **other: object) -> Entry:
        now = self.reading()
        parts: dict = {
            "id": self.ids.next(), "machine": self.machine, "epoch": self.epoch, "seq": self.seq, "prev": self.prev,
            "mono": now.mono, "wall": now.wall, "trusted": now.trusted, "kind": kind_of(body), "body": written(body),
        }  # fmt: skip
        entry = journal.write(**{**parts, **other})
        self.entries.append(entry)
        self.prev, self.seq = entry.hash, entry.seq + 1
        return entry

    def reading(self) -> Reading:
        wall = self.clock.wall
        return Reading(wall=wall + self.skew, mono=wall - self.booted_at, trusted=self.trusted)

    def boot(self) -> Entry:
        self.epoch, self.seq, self.booted_at = self.ids.next(), 0, self.clock.wall
        return self.write(Booted("1.0", "model-1"))

    def open(self, token: str | None, by: Opener = Opener.SESSION, price_list: str | None = "p1") -> Entry:
        return self.write(VisitOpened(by, token, claimed=False, price_list=price_list))

    def decide(
        self, visit: str, material: Material = Material.GLASS, *, accepted: bool = True, points: int | None = GLASS,
        version: str = "p1", picture: str = "",
    ) -> Entry:  # fmt: skip
        reason = Reason.CONTAINER if accepted else Reason.NOT_A_CONTAINER
        seen = Recognition(1, material, 990_000, 995_000, Box(1, 2, 30, 40), material, 900_000, Mask(700), "model-1")
        promise = Promise(version, points) if points is not None and accepted else None
        name = hashlib.sha256((picture or f"{self.epoch}{self.seq}").encode()).hexdigest()
        body = ItemDecided(visit, Decision(accepted, reason), seen, Picture(name, "0" * 16), promise, Counters(0, 0))
        return self.write(body)

    def settle(self, item: str, outcome: Outcome = Outcome.STORED) -> Entry:
        return self.write(ItemSettled(item, outcome))

    def close(self, visit: str, why: Ending = Ending.DONE) -> Entry:
        return self.write(VisitClosed(visit, why))

    def deposit(self, visit: str, outcome: Outcome = Outcome.STORED, **more) -> Entry:
        return self.settle(self.decide(visit, **more).id, outcome)

    def visit(self, token: str | None, items: int = 1) -> list[Entry]:
        at = len(self.entries)
        opened = self.open(token, by=Opener.SESSION if token else Opener.GUEST)
        for _ in range(items):
            self.clock.advance(SECOND)
            self.deposit(opened.id)
        self.close(opened.id)
        return self.entries[at:]


class Platform:
    """The use cases on one store, with clocks and ids that tests hold in their hands."""

    def __init__(self, store, unknown_a_day: int = 20) -> None:
        self.store = store
        self.clock = TestClock()
        self.ids = Counting("platform")
        self.signer = Ed25519Signer(KEY)
        self.organisation = FoundOrganisation(store, self.clock, self.ids, self.signer)("Test").id
        self.record_deposits = RecordDeposits(store, self.clock, Ed25519Verifier(), unknown_a_day)
        self.publish(1, {Material.GLASS: GLASS, Material.PLASTIC: PLASTIC})

    def publish(self, number: int, points, valid_from: int = START - DAY, valid_until: int = START + 30 * DAY) -> None:
        PublishPriceList(self.store, self.clock, self.signer)(
            self.organisation, f"p{number}", points, valid_from, valid_until
        )

    def machine(self, name: str = "Hall 1") -> Writer:
        registered = RegisterMachine(self.store, self.clock, self.ids, self.ids)(self.organisation, name)
        writer = Writer(registered.machine.id, Counting(registered.machine.id), self.clock)
        writer.boot()
        return writer

    def session(self, person: str) -> Opened:
        return OpenSession(self.store, self.clock, self.ids, self.signer)(self.organisation, person)

    def send(self, writer: Writer, entries: list[Entry] | list[bytes] | None = None, waiting: int = 0) -> Recorded:
        """Send entries (all of them when none are named) as one batch."""
        chosen = writer.entries if entries is None else entries
        raws = [each.raw if isinstance(each, Entry) else each for each in chosen]
        return self.record_deposits(Batch(writer.machine, writer.epoch, writer.reading(), raws, waiting))

    def balance(self, person: str) -> int:
        return ReadBalance(self.store)(self.organisation, person)

    def history(self, person: str):
        return ReadDeposits(self.store)(person)

    def token(
        self, person: str, *, key=KEY, organisation: str | None = None, machine: str | None = None, **more
    ) -> str:
        """Write a token by hand, for the sake of wrong ones."""
        signer = Ed25519Signer(key)
        claims = Claims(
            key_id=more.get("key_id", signer.key_id),
            organisation=organisation_tag(organisation or self.organisation),
            person=person,
            session=more.get("session") or self.ids.next(),
            expires=more.get("expires") or self.clock.wall // SECOND + 300,
            lives=300,
            machine=machine,
        )
        return to_text(claims, signer.sign(to_sign(claims)))


def person(name: str) -> str:
    return str(uuid.UUID(int=_number(name, 122), version=4))
