"""Keep the machine's configuration: fetch it again and again, trust only what is signed, and remember it for a boot
off line. The platform's answer also sets the clock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from attrs import define, field

from application.machine import configuration_text
from application.machine.configuration_text import MalformedConfiguration
from application.ports.clock import Random, SettableClock
from application.ports.keepsake import Keepsake
from application.ports.scheduler import Scheduler
from application.ports.signing import SignatureVerifier
from application.ports.uplink import Configuration, TrustedKeys, Uplink, UplinkError
from domain.points.price_list import MalformedPriceList, PriceList, SignedPriceList, read

_log = logging.getLogger(__name__)

INTERVAL = 60_000_000
"""Microseconds from one fetch to the next."""
FIRST_RETRY = 2_000_000
"""A machine that has not heard from the platform since it booted asks again within this, microseconds."""


@define
class KeepConfiguration:
    """The one who knows what the machine was last told. All but `start` and `trust` runs by the scheduler."""

    uplink: Uplink
    scheduler: Scheduler
    clock: SettableClock
    chance: Random
    verifier: SignatureVerifier
    keepsake: Keepsake
    prices_changed: Callable[[PriceList | None], None]
    interval: int = INTERVAL
    _trust: TrustedKeys | None = field(default=None, init=False)
    _prices: SignedPriceList | None = field(default=None, init=False)
    _heard: bool = field(default=False, init=False)

    def start(self) -> None:
        """Take up what was kept, and begin to fetch."""
        kept = self.keepsake.kept()
        if kept is not None:
            try:
                trust, prices = configuration_text.read(kept)
            except MalformedConfiguration:
                _log.exception("the kept configuration is of no use")
            else:
                self._take(trust, prices)
        self._fetch()

    def trust(self) -> TrustedKeys | None:
        """Return the organisation and its keys, or None on a machine that was never told."""
        return self._trust

    def _fetch(self) -> None:
        self.scheduler.aside(self.uplink.configuration, self._fetched, cost="configuration")

    def _fetched(self, answer: Configuration | BaseException) -> None:
        if isinstance(answer, Configuration):
            self._heard = True
            self.clock.set(answer.time)
            if self._take(answer.trust, answer.prices):
                self.scheduler.aside(self._keep, self._kept, cost="keep")
        elif isinstance(answer, UplinkError):
            _log.info("configuration: %s", answer)
        else:
            raise answer
        # Jitter both ways, so that a fleet that booted together does not ask together.
        usual = self.interval if self._heard else min(self.interval, FIRST_RETRY)
        self.scheduler.after(round(usual * (0.5 + self.chance.fraction() / 2)), self._fetch)

    def _take(self, trust: TrustedKeys, prices: SignedPriceList | None) -> bool:
        """Work by this from now on; return whether it is new. A list that is not properly signed counts as none."""
        proper = _verified(trust, prices, self.verifier) if prices is not None else None
        signed = prices if proper is not None else None
        new = (trust, signed) != (self._trust, self._prices)
        changed = signed != self._prices
        self._trust, self._prices = trust, signed
        if changed:
            self.prices_changed(proper)
        return new

    def _keep(self) -> None:
        trust = self._trust
        if trust is not None:
            self.keepsake.keep(configuration_text.write(trust, self._prices))

    def _kept(self, result: BaseException | None) -> None:
        if isinstance(result, OSError):
            _log.warning("the configuration could not be kept: %s", result)
        elif result is not None:
            raise result


def _verified(trust: TrustedKeys, prices: SignedPriceList, verifier: SignatureVerifier) -> PriceList | None:
    """Return the list if one of the organisation's keys signed it, and it is this organisation's."""
    key = trust.keys.get(prices.key_id)
    if key is None or not verifier.verify(key, prices.raw, prices.signature):
        _log.error("a price list that none of the platform's keys signed")
        return None
    try:
        proper = read(prices.raw)
    except MalformedPriceList:
        _log.exception("a signed price list that cannot be read")
        return None
    if proper.organisation != trust.organisation:
        _log.error("a price list of organisation %s", proper.organisation)
        return None
    return proper
