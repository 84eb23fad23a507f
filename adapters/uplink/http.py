"""The uplink port over HTTP."""

from __future__ import annotations

import time
from collections.abc import Sequence

import httpx

from adapters.uplink.answers import claim_of, commands_of, configuration_of, cursor_of, gap_of, written
from adapters.uplink.asking import Asking, named, understood
from application.ports.clock import Reading
from application.ports.uplink import ClaimAnswer, Configuration, Gap, Refused
from domain.deposits.journal import Cursor
from domain.fleet.telemetry import Sample

_GAP = "/gap"


class HttpUplink:
    """One machine's way to the platform. Safe to call from several threads."""

    def __init__(self, url: str, machine: str, api_key: str, *, transport: httpx.BaseTransport | None = None) -> None:
        """`url` is the platform's (`https://...`), `api_key` what it gave the machine. Nothing is asked yet.

        `transport` replaces the network (httpx.MockTransport, say).
        """
        self._asking = Asking(url, machine, api_key, transport)

    def held(self) -> Cursor | None:
        """Ask up to where the platform holds this machine's newest epoch that it knows."""
        return understood(self._asking.ask("GET", "cursor"), lambda answer: cursor_of(answer["cursor"]))

    def send(self, boot: str, sending: Reading, entries: Sequence[bytes], waiting: int) -> Cursor | Gap:
        """Send a batch in order."""
        body = {
            "boot": boot,
            "sending": {"mono": sending.mono, "wall": sending.wall, "trusted": sending.trusted},
            "waiting": waiting,
            "entries": [raw.decode("ascii") for raw in entries],
        }
        answer = self._asking.ask("POST", "entries", body, also=frozenset({409}))
        if str(answer.get("type", "")).endswith(_GAP):
            return understood(answer, gap_of)
        if "cursor" not in answer:
            raise Refused(f"entries: {named(answer)}")
        cursor = understood(answer, lambda it: cursor_of(it["cursor"]))
        return cursor if cursor is not None else Gap(None)

    def claim(self, token: str) -> ClaimAnswer:
        """Claim a session early."""
        return understood(self._asking.ask("POST", "claims", {"token": token}), claim_of)

    def configuration(self) -> Configuration:
        """Fetch what the machine works by, and the platform's time, corrected for half the round trip."""
        began = time.monotonic()
        answer = self._asking.ask("GET", "configuration")
        half = round((time.monotonic() - began) * 1_000_000 / 2)
        return understood(answer, lambda it: configuration_of(it, late_by=half))

    def report(self, boot: str, sending: Reading, samples: Sequence[Sample], waiting: int) -> int:
        """Report samples in their order; returns how many commands wait."""
        body = {
            "boot": boot,
            "sending": {"mono": sending.mono, "wall": sending.wall, "trusted": sending.trusted},
            "waiting": waiting,
            "samples": [written(sample) for sample in samples],
        }
        return understood(self._asking.ask("POST", "telemetry", body), commands_of)

    def close(self) -> None:
        """Let go of the connections."""
        self._asking.close()
