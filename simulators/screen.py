"""A screen that remembers what it was shown."""

from __future__ import annotations

from attrs import define, field

from application.ports.hardware import PartUnreachable
from application.ports.screen import View


@define(eq=False)
class SimulatedScreen:
    """Shows views to nobody; `shown` is the last one."""

    shown: View | None = None
    seen: list[View] = field(factory=list)
    most: int = 1_000
    """Views that are remembered."""
    broken: bool = False

    def show(self, view: View) -> None:
        """Show a view. Raises PartUnreachable while `broken`."""
        if self.broken:
            raise PartUnreachable("the screen is dark")
        self.shown = view
        self.seen = [*self.seen[-self.most + 1 :], view]
