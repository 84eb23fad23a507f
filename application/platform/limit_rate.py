"""Limit how often a caller may ask. Without the shared count each process counts for itself: nobody is held up."""

from __future__ import annotations

import hashlib

from attrs import define

from application.ports.clock import Clock
from application.ports.rate_limits import RateLimits, RateLimitsAway
from domain.traffic.rate_limit import SECONDS, Rate

REST = 1 * SECONDS
"""For so long the shared count is not asked after it did not answer."""


class TooMany(Exception):
    """The caller asks too often: come back in `wait` microseconds."""

    def __init__(self, rate: Rate, wait: int) -> None:
        """Say which rate, and how long to wait."""
        super().__init__(f"at most {rate.burst} in {rate.period / SECONDS:g} seconds")
        self.rate = rate
        self.wait = wait


@define
class LimitRate:
    """Lets requests through, or not."""

    shared: RateLimits
    own: RateLimits
    """What this process counts with while the shared count is away."""
    clock: Clock
    _rests_until: int = 0

    def __call__(self, rate: Rate, caller: str) -> None:
        """Count a request of `caller`. Raises TooMany."""
        if not rate.limited:
            return
        # Callers are e-mail and network addresses, too: what is kept elsewhere names nobody.
        named = hashlib.sha256(caller.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        wait = self._take(rate, named)
        if wait > 0:
            raise TooMany(rate, wait)

    def _take(self, rate: Rate, named: str) -> int:
        now = self.clock.now().mono
        if now >= self._rests_until:
            try:
                return self.shared.take(rate, named)
            except RateLimitsAway:
                self._rests_until = self.clock.now().mono + REST
        return self.own.take(rate, named)
