"""Tells the kiosk whether the platform can be reached, and how much waits for it: offline is said, never hidden."""

from __future__ import annotations

from application.ports.journal import Journal, JournalError
from application.ports.scheduler import Scheduler
from domain.deposits.synchronisation.words import Synchronisation
from entrypoints.machine.kiosk.screen import KioskScreen


class TellKiosk:
    """Listens to synchronisation, on the deciding thread."""

    def __init__(self, kiosk: KioskScreen, scheduler: Scheduler, journal: Journal) -> None:
        self._kiosk, self._scheduler, self._journal = kiosk, scheduler, journal
        self._counting = False

    def synchronised(self, now: Synchronisation) -> None:
        """Hear where synchronisation stands."""
        if not now.off_line:
            self._kiosk.tell(off_line=False, waiting=0)
        elif not self._counting:
            self._counting = True
            self._kiosk.tell(off_line=True)
            self._scheduler.aside(self._journal.unsent, self._counted, cost="count")

    def _counted(self, waiting: int | BaseException) -> None:
        self._counting = False
        if isinstance(waiting, int):
            self._kiosk.tell(waiting=waiting)
        elif not isinstance(waiting, JournalError):
            raise waiting
