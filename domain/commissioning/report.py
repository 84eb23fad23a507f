"""The report of a self-test or a commissioning: what was tested, by whom, and what it came to."""

from __future__ import annotations

import enum
from typing import Protocol

from attrs import field, frozen

from domain.body.frame_quality import Figures
from domain.commissioning.lines import Line, Verdict, worst


class MalformedReport(ValueError):
    """These bytes are no report; the message names the field and what is wrong with it."""


class UnknownKey(Exception):
    """The report is signed by another key than the one that it should be signed by."""


class BadSignature(Exception):
    """The signature is not this key's over this report: something was changed."""


class ReportKind(str, enum.Enum):
    """What a report is about."""

    COMMISSIONING = "commissioning"
    """By an installer, with hands."""
    SELF_TEST = "self_test"
    """By the machine alone."""


class Signs(Protocol):
    """Who signs: a signer as the application knows one."""

    @property
    def public_key(self) -> bytes:
        """Raw Ed25519, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""


class Verifies(Protocol):
    """Who checks signatures."""

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether it is this key's."""


@frozen
class About:
    """What was tested: everything that a report says beside its lines."""

    machine: str
    """Its id; empty on one that has none yet."""
    hardware_map: str
    """SHA-256 of the map's file; empty where there is no map."""
    firmware: str
    """Of the microcontroller; empty where there is none, or where it does not say."""
    software: str
    model: str


@frozen
class Report:
    """A report. `at` is microseconds UTC by the machine's clock, which is `trusted` or not."""

    kind: ReportKind
    about: About
    at: int
    trusted: bool
    lines: tuple[Line, ...]
    installer: str = ""
    """Who was there; empty: nobody."""
    clean: Figures | None = None
    """The empty chute by a clean lens."""
    compared_with: str = ""
    """SHA-256 of the report of the day of installation that the lines were compared with."""
    key: str = field(default="", repr=False)
    """The machine's public key, raw Ed25519, 64 hexadecimal digits."""

    @property
    def verdict(self) -> Verdict:
        """What it comes to."""
        return worst(self.lines)
