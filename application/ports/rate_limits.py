"""Who asked for what, how often: kept where all processes see it, or by each process for itself."""

from __future__ import annotations

from typing import Protocol

from domain.traffic.rate_limit import Rate


class RateLimitsAway(Exception):
    """What is kept cannot be reached."""


class RateLimits(Protocol):
    """Counts requests by the rule in `domain.traffic.rate_limit`. Nothing of it must last."""

    def take(self, rate: Rate, caller: str) -> int:
        """Count a request of `caller` under `rate`, unless there were too many.

        Returns 0 when it was let through, otherwise the microseconds to wait. However many ask at the same moment, not
        one more gets through. Raises RateLimitsAway.
        """
