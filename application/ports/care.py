"""The care of machines, in the store: telemetry, alerts, tickets, commands, claim codes, profiles, outages.

Whoever changes what belongs to a machine holds the machine's row first (`work.machines.locked`); a claim code is held
by its own row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from attrs import frozen

from domain.fleet.alert import Alert
from domain.fleet.availability import Outage
from domain.fleet.claim_code import ClaimCode
from domain.fleet.command import Command
from domain.fleet.machine import Machine
from domain.fleet.profile import Profile
from domain.fleet.telemetry import Hour, Sample
from domain.fleet.ticket import State, Ticket


@frozen
class TimedSample:
    """A sample, and when it was taken by the platform's clock (microseconds UTC)."""

    at: int
    sample: Sample


class TelemetryStore(Protocol):
    """Samples of machines, and the hours they add up to."""

    def held(self, machine: str, boots: Collection[str]) -> dict[str, int]:
        """Return the number of the newest sample that was ever held of each boot; boots without one are left out."""

    def add(self, organisation: str, machine: str, samples: Sequence[TimedSample], received: int) -> None:
        """Keep samples that are not held yet, in the order of their boots' numbers."""

    def samples(self, machine: str, begin: int, end: int, limit: int) -> Sequence[TimedSample]:
        """Return samples taken from `begin` until (not including) `end`, the oldest first."""

    def newest(self, machine: str) -> TimedSample | None:
        """Return the sample that was taken last."""

    def add_hours(self, organisation: str, hours: Iterable[Hour]) -> None:
        """Add hours to those that are kept."""

    def hours(self, machine: str, begin: int, end: int, measure: str | None = None) -> Sequence[Hour]:
        """Return the hours that begin from `begin` until (not including) `end`, by beginning and measure."""

    def drop_before(self, at: int, limit: int) -> int:
        """Forget at most `limit` samples that came before a moment; return how many. Once held stays held."""


class Alerts(Protocol):
    """Rules as they stand, at most one row for a machine and a rule."""

    def of(self, machine: str) -> dict[str, Alert]:
        """Return a machine's, by rule; those that never had a reading are left out."""

    def keep(self, organisation: str, alerts: Collection[Alert]) -> None:
        """Replace what is kept of these."""

    def raised(self, organisation: str) -> Sequence[Alert]:
        """Return an organisation's raised ones, the newest first."""


class Tickets(Protocol):
    """Tickets."""

    def add(self, ticket: Ticket) -> None:
        """Keep a new one."""

    def get(self, id: str) -> Ticket | None:
        """Return a ticket."""

    def newest(self, machine: str, rule: str) -> Ticket | None:
        """Return the ticket that a rule opened last for a machine."""

    def keep(self, ticket: Ticket) -> None:
        """Replace what is kept of a ticket."""

    def of(
        self, organisation: str, state: State | None, machine: str | None, before: int | None, limit: int
    ) -> Sequence[tuple[int, Ticket]]:
        """Return an organisation's tickets with their numbers, the newest first, below a number."""

    def unresolved(self) -> int:
        """Count the tickets that are not resolved."""


class Commands(Protocol):
    """Commands to machines."""

    def add(self, command: Command) -> None:
        """Keep a new one."""

    def get(self, id: str) -> Command | None:
        """Return a command."""

    def waiting(self, machine: str, limit: int) -> Sequence[Command]:
        """Return a machine's commands that were not accepted (or ended) yet, the oldest first."""

    def keep(self, command: Command) -> None:
        """Replace what is kept of a command."""

    def of(self, machine: str, before: int | None, limit: int) -> Sequence[tuple[int, Command]]:
        """Return a machine's commands with their numbers, the newest first, below a number."""

    def due(self, now: int, limit: int) -> Sequence[Command]:
        """Return commands whose time is over and which do not say so yet."""


class ClaimCodes(Protocol):
    """Claim codes."""

    def add(self, code: ClaimCode) -> None:
        """Keep a new one. Raises AlreadyThere when its hash is there."""

    def get(self, id: str) -> ClaimCode | None:
        """Return a code."""

    def locked(self, code_hash: str) -> ClaimCode | None:
        """Return the code with this hash, and hold it until the unit of work ends."""

    def keep(self, code: ClaimCode) -> None:
        """Replace what is kept of a code."""

    def of(self, organisation: str, before: int | None, limit: int) -> Sequence[tuple[int, ClaimCode]]:
        """Return an organisation's codes with their numbers, the newest first, below a number."""


class Profiles(Protocol):
    """Profiles, at most one for each machine."""

    def get(self, machine: str) -> Profile | None:
        """Return a machine's profile; None for one that was never given any."""

    def keep(self, profile: Profile) -> None:
        """Keep a profile; it replaces the one there."""

    def of(self, organisation: str) -> dict[str, Profile]:
        """Return an organisation's profiles by machine."""


class Outages(Protocol):
    """Outages; at most one of each machine and rule goes on."""

    def begin(self, organisation: str, outage: Outage) -> None:
        """Keep one that goes on."""

    def end(self, machine: str, rule: str, at: int) -> None:
        """End the one that goes on, if there is one; never before it began."""

    def of(self, organisation: str, begin: int, end: int) -> Sequence[Outage]:
        """Return an organisation's outages that touch a span."""


class Care(Protocol):
    """Everything about the care of machines, inside one unit of work."""

    @property
    def telemetry(self) -> TelemetryStore:
        """Samples and hours."""

    @property
    def alerts(self) -> Alerts:
        """Rules as they stand."""

    @property
    def tickets(self) -> Tickets:
        """Tickets."""

    @property
    def commands(self) -> Commands:
        """Commands to machines."""

    @property
    def claim_codes(self) -> ClaimCodes:
        """Claim codes."""

    @property
    def profiles(self) -> Profiles:
        """Profiles of machines."""

    @property
    def outages(self) -> Outages:
        """Times without service."""

    def heard_before(self, at: int, limit: int) -> Sequence[Machine]:
        """Return machines that were last heard of before a moment and whose silence is no raised alert yet."""

    def heard_since(self, at: int, limit: int) -> Sequence[Machine]:
        """Return machines that were last heard of at a moment or later and whose silence is still a raised alert."""

    def rekey(self, machine: str, key_hash: str) -> None:
        """Replace the hash of a machine's API key: the old key opens nothing any more."""
