"""Make room for the months to come, and look after rows for which nobody made any.

A row is never refused for want of room: it stands with the strays, is counted like all others, and moves into its
month's room here. That it was there at all is an alarm, for then this was not done for months, or a clock is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.platform.announce import of_alarm
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.record import Alarm
from domain.retention.month import Month

AHEAD = 3
"""Months to come that have room."""
MOST_STRAYED = 12
"""Months that strays are moved to at once: a wrong clock makes any."""


@frozen
class MakeMonths:
    """Makes room."""

    organisation: str
    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self) -> Sequence[str]:
        """Make what is missing. Returns what was made. Raises StoreError."""
        now = self.clock.now().wall
        with self.unit_of_work() as work:
            strays = work.months.strays()
            strayed = sorted({stray.month for stray in strays})[:MOST_STRAYED]
            made = work.months.make([*(Month.of(now).later(ahead) for ahead in range(AHEAD + 1)), *strayed])
            if strays:
                told = ", ".join(f"{stray.rows} of {stray.table} in {stray.month.name}" for stray in strays)
                alarm = Alarm("rows_without_a_month", f"rows came for which no month had room: {told}"[:400])
                work.record.raise_alarm(self.organisation, None, alarm, now)
                work.outbox.add([of_alarm(self.organisation, None, alarm, now)])
            if made or strays:
                work.commit()
        return made
