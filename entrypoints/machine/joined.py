"""Two parts where a port knows one: a view is shown on every screen, and notices come from every source."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from application.ports.hardware import HardwareError, Notice, NoticeSource
from application.ports.screen import Screen, View


@frozen
class EveryScreen:
    """Shows each view on all screens; one that fails keeps it from none of the others."""

    screens: tuple[Screen, ...]

    def show(self, view: View) -> None:
        """Show it. Raises HardwareError when nobody can see it on one of them."""
        broken: HardwareError | None = None
        for screen in self.screens:
            try:
                screen.show(view)
            except HardwareError as failed:
                broken = failed
        if broken is not None:
            raise broken


@frozen
class EverySource:
    """Notices of all sources, to each listener."""

    sources: tuple[NoticeSource, ...]

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Call `listener` with each notice from now on."""
        for source in self.sources:
            source.listen(listener)
