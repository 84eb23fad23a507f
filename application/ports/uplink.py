"""The machine's way to the platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from application.ports.clock import Reading
from application.ports.journal import Cursor
from domain.fleet.telemetry import Sample
from domain.points.price_list import SignedPriceList


class UplinkError(Exception):
    """The platform could not be asked; the message names what and why."""


class Unreachable(UplinkError):
    """No answer: try again later."""


class Refused(UplinkError):
    """The platform answered and will not have it (a wrong key, a malformed request): trying again is no use."""


@frozen
class Gap:
    """The platform lacks what comes before the batch; it holds up to the cursor (None: nothing)."""

    held: Cursor | None


@frozen
class ClaimAnswer:
    """What the platform says to an early claim of a session, for the screen's sake."""

    confirmed: bool
    why: str
    """`ok`, or the closed code of the refusal (`expired`, `withdrawn`, `claimed_elsewhere`, `unknown`)."""


@frozen
class TrustedKeys:
    """What a machine needs in order to judge offline: its organisation and the platform's public keys."""

    organisation: str
    """As tokens and price lists name it: 16 hexadecimal digits (`domain.deposits.session.organisation_tag`)."""
    keys: dict[str, bytes]
    """Raw Ed25519 public keys by key id (8 hexadecimal digits)."""


@frozen
class Configuration:
    """What a machine works by, as the platform has it now."""

    trust: TrustedKeys
    prices: SignedPriceList | None
    """The price list in force, if there is one; its signature is not yet verified."""
    time: int
    """The platform's clock when it answered, microseconds UTC."""


class Uplink(Protocol):
    """Asks the platform. Each call takes at most a few seconds and raises Unreachable or Refused."""

    def held(self) -> Cursor | None:
        """Ask up to where the platform holds this machine's newest epoch that it knows."""

    def send(self, boot: str, sending: Reading, entries: Sequence[bytes], waiting: int) -> Cursor | Gap:
        """Send a batch in order. Returns the cursor after it, or the gap before it. Replays are harmless.

        `boot` is the epoch of this life, `sending` its clock now, `waiting` counts the entries that are left
        after these.
        """

    def claim(self, token: str) -> ClaimAnswer:
        """Claim a session early; a claim repeated by the same machine succeeds."""

    def configuration(self) -> Configuration:
        """Fetch what the machine works by, and the platform's time."""

    def report(self, boot: str, sending: Reading, samples: Sequence[Sample], waiting: int) -> int:
        """Report samples of this machine in their order (none: a heartbeat). Replays are harmless.

        `waiting` counts the journal entries that are left to send. Returns how many commands wait for the machine.
        """
