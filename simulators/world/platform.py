"""The platform in virtual time: the real use cases, on whatever store they are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from attrs import define, field

from application.platform.claim_session import ClaimSession
from application.platform.configure_machine import ConfigureMachine
from application.platform.found_organisation import FoundOrganisation
from application.platform.open_session import OpenSession
from application.platform.publish_price_list import PublishPriceList
from application.platform.read_balance import ReadBalance
from application.platform.read_cursor import ReadCursor
from application.platform.record_deposits import Batch, RecordDeposits
from application.platform.register_machine import RegisterMachine
from application.platform.take_telemetry import TakeTelemetry, TelemetryBatch
from application.ports.clock import Reading
from application.ports.signing import SignatureVerifier, Signer
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.uplink import ClaimAnswer, Configuration, Gap, Unreachable
from domain.deposits.journal import Cursor
from domain.deposits.recognition import Material
from domain.deposits.record import Judged
from domain.fleet.telemetry import Sample
from simulators.clock import SeededIds, SeededRandom, VirtualClock

T = TypeVar("T")

POINTS = {Material.GLASS: 30, Material.METAL: 50, Material.PLASTIC: 40}
FOREVER = 10**15
"""Microseconds that the price list of a simulation is in force."""


class WorldPlatform:
    """One organisation's platform."""

    def __init__(
        self,
        store: UnitOfWorkFactory,
        signer: Signer,
        verifier: SignatureVerifier,
        now_us: Callable[[], int],
        *,
        wall_at_zero: int,
        seed: int,
    ) -> None:
        """Found it. `now_us` tells the world's time, microseconds."""
        clock = VirtualClock(now_us, wall_at_zero=wall_at_zero, trusted=True)
        ids, chance = SeededIds(now_us, seed), SeededRandom(seed)
        self.organisation = FoundOrganisation(store, clock, ids, signer)("Simulated").id
        PublishPriceList(store, clock, signer)(
            self.organisation, "p1", POINTS, clock.now().wall - 1, clock.now().wall + FOREVER
        )
        self._ids = ids
        self._register = RegisterMachine(store, clock, ids, chance)
        self._open = OpenSession(store, clock, ids, signer)
        self._balance = ReadBalance(store)
        self.claim = ClaimSession(store, clock, verifier)
        self.configuration = ConfigureMachine(store, clock)
        self.held = ReadCursor(store)
        self._record = RecordDeposits(store, clock, verifier)
        self.take_telemetry = TakeTelemetry(store, clock, ids)
        self.judged: list[Judged] = []
        """Everything that was recorded for the first time, in order."""
        self.trouble: Counter[str] = Counter()
        """Rejections and alarms, by kind. An honest fleet has none."""

    def machine(self, name: str) -> str:
        """Register a machine; return its id."""
        return self._register(self.organisation, name).machine.id

    def person(self) -> str:
        """Return the id of a new person."""
        return self._ids.next()

    def code(self, person: str) -> str:
        """Issue a session and return the text of its QR code."""
        return self._open(self.organisation, person).token

    def balance(self, person: str) -> int:
        """Return a person's points."""
        return self._balance(self.organisation, person)

    def record(self, batch: Batch) -> Cursor | Gap:
        """Record a batch."""
        recorded = self._record(batch)
        self.judged += recorded.judged
        self.trouble.update(alarm.kind for alarm in recorded.alarms)
        self.trouble.update("rejected" for _ in recorded.rejected)
        if recorded.gap or recorded.cursor is None:
            return Gap(recorded.cursor)
        return recorded.cursor


@define(eq=False)
class WorldUplink:
    """One machine's way to it, which may be cut, and may lose answers."""

    platform: WorldPlatform
    machine: str
    reachable: bool = True
    lost_answers: int = 0
    """So many of the next answers get lost after the platform did its work."""
    asked: Counter[str] = field(factory=Counter)

    def held(self) -> Cursor | None:
        """Ask up to where the platform holds this machine's newest epoch."""
        return self._over("held", lambda: self.platform.held(self.machine))

    def send(self, boot: str, sending: Reading, entries: Sequence[bytes], waiting: int) -> Cursor | Gap:
        """Send a batch in order."""
        return self._over("send", lambda: self.platform.record(Batch(self.machine, boot, sending, entries, waiting)))

    def claim(self, token: str) -> ClaimAnswer:
        """Claim a session early."""
        said = self._over("claim", lambda: self.platform.claim(self.machine, token))
        return ClaimAnswer(confirmed=said.confirmed, why=said.why)

    def configuration(self) -> Configuration:
        """Fetch what the machine works by."""
        return self._over("configuration", lambda: self.platform.configuration(self.machine))

    def report(self, boot: str, sending: Reading, samples: Sequence[Sample], waiting: int) -> int:
        """Report samples in their order."""
        batch = TelemetryBatch(self.machine, boot, sending, samples, waiting)
        return self._over("report", lambda: self.platform.take_telemetry(batch).commands)

    def _over(self, name: str, ask: Callable[[], T]) -> T:
        self.asked[name] += 1
        if not self.reachable:
            raise Unreachable("the simulated network is down")
        answer = ask()
        if self.lost_answers:
            self.lost_answers -= 1
            raise Unreachable("the answer got lost")
        return answer
