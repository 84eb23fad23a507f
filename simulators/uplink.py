"""A platform in the same process, behind the uplink port: it keeps chains and sessions by the domain's own rules.

It stores entries and gives no verdicts; money is not its business. What it can do besides is go wrong:
be out of reach, lose its answers, revoke a key, and come back from an older backup.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy

from attrs import define, field

from application.ports.clock import Reading
from application.ports.signing import Signer
from application.ports.uplink import ClaimAnswer, Configuration, Gap, Refused, TrustedKeys, Unreachable
from domain.deposits import session as sessions
from domain.deposits.chain import Held, Link, Place, place
from domain.deposits.journal import NO_HASH, BrokenChain, Cursor, Entry, MalformedEntry, digest, place_of, read
from domain.deposits.session import ClaimedElsewhere, Session, SessionOver, organisation_tag
from domain.deposits.token import Claims, MalformedToken, from_text, to_sign, to_text
from domain.fleet.telemetry import Sample
from domain.points.price_list import PriceList, SignedPriceList, write


@define
class MachineRecord:
    """What the platform holds of one machine."""

    entries: list[Entry] = field(factory=list)
    """As they came, without replays."""
    rejected: list[bytes] = field(factory=list)
    links: dict[str, Link] = field(factory=dict)
    succeeded: set[str] = field(factory=set)
    ids: dict[str, str] = field(factory=dict)
    cursors: dict[str, Cursor] = field(factory=dict)
    """By epoch, the newest last."""
    forks: int = 0
    waiting: int = 0
    samples: list[Sample] = field(factory=list)
    """As they came, without replays."""
    reports: int = 0
    """How often it was heard of by telemetry."""
    commands: int = 0
    """That wait for it."""

    def newest(self) -> Cursor | None:
        """Return the cursor of the epoch that was begun last."""
        return next(reversed(self.cursors.values()), None)

    def take(self, raw: bytes) -> Cursor | None:
        """Take one entry. Returns where the machine stands with it, or None for a gap."""
        try:
            entry = read(raw)
            where = place(entry, Held(self.links, self.succeeded, self.ids))
        except (MalformedEntry, BrokenChain):
            return self._reject(raw)
        if where is Place.GAP:
            return None
        if where is Place.REPLAY:
            return place_of(entry)
        self.forks += where is Place.FORK
        self.entries.append(entry)
        self.succeeded.add(entry.prev)
        self.ids.setdefault(entry.id, entry.hash)
        self.links[entry.hash] = Link(entry.hash, entry.epoch, entry.seq, None)
        self.cursors[entry.epoch] = place_of(entry)
        return place_of(entry)

    def report(self, samples: Sequence[Sample]) -> None:
        """Take samples: what is not newer than the newest of its boot is a replay."""
        self.reports += 1
        for sample in samples:
            if all(held.seq < sample.seq for held in self.samples if held.boot == sample.boot):
                self.samples.append(sample)

    def _reject(self, raw: bytes) -> Cursor:
        hash_ = digest(raw)
        if hash_ not in self.links:
            self.rejected.append(raw)
            self.links[hash_] = Link(hash_, None, 0, None)
        return self.newest() or Cursor("", 0, NO_HASH)


class SimulatedPlatform:
    """The other end of any number of simulated uplinks."""

    def __init__(self, signer: Signer, organisation: str, now_us: Callable[[], int]) -> None:
        """Start empty. `organisation` is a UUID, `now_us` the platform's clock (microseconds UTC)."""
        self.signer = signer
        self.organisation = organisation
        self.now_us = now_us
        self.machines: dict[str, MachineRecord] = {}
        self.sessions: dict[str, Session] = {}
        self.prices: SignedPriceList | None = None
        self.revoked: set[str] = set()

    def issue(self, session: str, person: str) -> str:
        """Issue a session and return the text of its QR code."""
        issued = sessions.issue(session, self.organisation, person, self.now_us())
        self.sessions[session] = issued
        claims = Claims(
            key_id=self.signer.key_id,
            organisation=organisation_tag(self.organisation),
            person=person,
            session=session,
            expires=issued.expires_at // sessions.SECONDS,
            lives=sessions.LIFETIME,
        )
        return to_text(claims, self.signer.sign(to_sign(claims)))

    def withdraw(self, session: str) -> None:
        """Withdraw a session."""
        self.sessions[session] = sessions.withdraw(self.sessions[session], self.now_us())

    def publish(self, prices: PriceList) -> None:
        """Put a price list in force."""
        raw = write(prices)
        self.prices = SignedPriceList(raw, self.signer.key_id, self.signer.sign(raw))

    def record(self, machine: str) -> MachineRecord:
        """Return what is held of a machine."""
        return self.machines.setdefault(machine, MachineRecord())

    def backup(self) -> dict[str, MachineRecord]:
        """Copy what is held."""
        return deepcopy(self.machines)

    def restore(self, backup: dict[str, MachineRecord]) -> None:
        """Go back to a copy."""
        self.machines = deepcopy(backup)

    def claim(self, machine: str, text: str) -> ClaimAnswer:
        """Claim a session for a machine, early."""
        try:
            claimed = self.sessions.get(from_text(text).claims.session)
            if claimed is None:
                return ClaimAnswer(confirmed=False, why="unknown")
            self.sessions[claimed.id] = sessions.claim(claimed, machine, self.now_us())
        except MalformedToken:
            return ClaimAnswer(confirmed=False, why="unknown")
        except ClaimedElsewhere:
            return ClaimAnswer(confirmed=False, why="claimed_elsewhere")
        except SessionOver as over:
            return ClaimAnswer(confirmed=False, why=over.state.value)
        return ClaimAnswer(confirmed=True, why="ok")


class SimulatedUplink:
    """One machine's way to a simulated platform."""

    def __init__(self, platform: SimulatedPlatform, machine: str) -> None:
        """Connect."""
        self._platform = platform
        self._machine = machine
        self.reachable = True
        self.lost_answers = 0
        """So many of the next answers get lost: the platform does its work and nobody hears of it."""

    def held(self) -> Cursor | None:
        """Ask up to where the platform holds this machine's newest epoch that it knows."""
        self._reach()
        answer = self._platform.record(self._machine).newest()
        self._come_back()
        return answer

    def send(self, boot: str, sending: Reading, entries: Sequence[bytes], waiting: int) -> Cursor | Gap:
        """Send a batch in order."""
        self._reach()
        record = self._platform.record(self._machine)
        answer: Cursor | Gap | None = None
        for raw in entries:
            taken = record.take(raw)
            if taken is None:
                answer = Gap(record.newest())
                break
            answer = taken
        record.waiting = waiting
        self._come_back()
        return answer or Gap(record.newest())

    def claim(self, token: str) -> ClaimAnswer:
        """Claim a session early."""
        self._reach()
        answer = self._platform.claim(self._machine, token)
        self._come_back()
        return answer

    def configuration(self) -> Configuration:
        """Fetch what the machine works by, and the platform's time."""
        self._reach()
        platform = self._platform
        trust = TrustedKeys(
            organisation=organisation_tag(platform.organisation),
            keys={platform.signer.key_id: platform.signer.public_key},
        )
        self._come_back()
        return Configuration(trust, platform.prices, platform.now_us())

    def report(self, boot: str, sending: Reading, samples: Sequence[Sample], waiting: int) -> int:
        """Report samples in their order."""
        self._reach()
        record = self._platform.record(self._machine)
        record.report(samples)
        record.waiting = waiting
        self._come_back()
        return record.commands

    def _reach(self) -> None:
        if not self.reachable:
            raise Unreachable("the simulated network is down")
        if self._machine in self._platform.revoked:
            raise Refused("the machine's key was revoked")

    def _come_back(self) -> None:
        if self.lost_answers:
            self.lost_answers -= 1
            raise Unreachable("the answer got lost")
