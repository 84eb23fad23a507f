"""Watch for machines that fall silent, and for those that speak again by other means than telemetry.

Silence is an alert rule like the others; only its reading is taken here, since a silent machine sends none.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.platform.tend_alerts import RuleReading, tend
from application.ports.clock import Clock, IdSource
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.fleet.alert import BY_NAME, SILENT
from domain.fleet.machine import Machine
from domain.fleet.telemetry import SECONDS

AT_ONCE = 200
_RULE = BY_NAME[SILENT]


@frozen
class WatchFleet:
    """Raises and clears silence."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: IdSource

    def __call__(self, limit: int = AT_ONCE) -> int:
        """Look at the machines whose silence is news, at most `limit` each way. Returns how many alerts changed."""
        now = self.clock.now().wall
        return sum(self._look(machine.id, now) for machine in self._news(now, limit))

    @again
    def _news(self, now: int, limit: int) -> Sequence[Machine]:
        with self.unit_of_work(read_only=True) as work:
            silent = work.care.heard_before(now - _RULE.raise_at * SECONDS + 1, limit)
            return [*silent, *work.care.heard_since(now - _RULE.clear_at * SECONDS, limit)]

    @again
    def _look(self, id: str, now: int) -> int:
        with self.unit_of_work() as work:
            machine = work.machines.locked(id)
            if machine is None or machine.contacted_at is None:
                return 0
            silence = max(0, now - machine.contacted_at) // SECONDS
            reading = RuleReading(_RULE, silence, now, since=machine.contacted_at)
            tended = tend(work, machine, [reading], self.ids, now)
            work.outbox.add(tended.announcements)
            work.commit()
        return len(tended.changes)
