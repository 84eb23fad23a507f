"""Forget samples that are old; the hours they added up to stay, and what was held once stays held."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory

DAYS = 24 * 3600 * 1_000_000
AT_ONCE = 5_000
"""Samples forgotten in one transaction, so that nobody waits long for it."""
MOST_ROUNDS = 100


@frozen
class ForgetTelemetry:
    """Forgets samples that came longer ago than they are kept."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    kept_days: int = 90

    def __call__(self) -> int:
        """Forget them: whole months at once where the store keeps them apart, others a bounded number at a time.

        Returns how many.
        """
        before = self.clock.now().wall - self.kept_days * DAYS
        total = self._months(before)
        for _ in range(MOST_ROUNDS):
            dropped = self._some(before)
            total += dropped
            if dropped < AT_ONCE:
                break
        return total

    @again
    def _months(self, before: int) -> int:
        with self.unit_of_work() as work:
            dropped = work.months.drop_samples(before)
            work.commit()
        return dropped

    @again
    def _some(self, before: int) -> int:
        with self.unit_of_work() as work:
            dropped = work.care.telemetry.drop_before(before, AT_ONCE)
            if dropped:
                work.commit()
        return dropped
