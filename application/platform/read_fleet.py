"""Read an organisation's machines and alarms."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.ports.record_store import RaisedAlarm
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.fleet.machine import Machine

LONGEST_PAGE = 100


@frozen
class ReadFleet:
    """Reads the machines of an organisation."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, organisation: str) -> Sequence[Machine]:
        """Return the machines, by name."""
        with self.unit_of_work(read_only=True) as work:
            return work.machines.of(organisation)


@frozen
class ReadAlarms:
    """Reads the alarms of an organisation."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, organisation: str, before: int | None = None, limit: int = 50) -> Sequence[RaisedAlarm]:
        """Return at most `limit` alarms (LONGEST_PAGE at most), the newest first, below an alarm's number."""
        with self.unit_of_work(read_only=True) as work:
            return work.record.alarms(organisation, before, max(1, min(limit, LONGEST_PAGE)))
