"""The Screen port as a touch screen: keeps what is shown, wakes whoever looks, and tells what was pressed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from attrs import evolve, field, frozen

from application.machine.told_view import view_told
from application.ports.hardware import Button, ButtonPressed, Notice
from application.ports.screen import View
from domain.deposits.machine_totals import MachineTotals
from entrypoints.machine.kiosk.pictures import Pictures


@frozen
class Beside:
    """What stands beside the view: the machine itself."""

    model: str = ""
    software: str = ""
    off_line: bool = False
    waiting: int = 0
    """Journal entries that the platform does not hold yet, while off line."""
    totals: MachineTotals = field(factory=MachineTotals)

    def told(self) -> dict[str, Any]:
        """Say it in JSON's words."""
        return {
            "model": self.model,
            "software": self.software,
            "off_line": self.off_line,
            "waiting": self.waiting,
            "totals": {
                "stored": self.totals.stored,
                "visits": self.totals.visits,
                "materials": {material.value: count for material, count in sorted(self.totals.materials.items())},
            },
        }


class KioskScreen:
    """Screen and NoticeSource. Safe to use from any thread; listeners are called from the thread that presses."""

    def __init__(self, pictures: Pictures) -> None:
        """Show nothing yet."""
        self._pictures = pictures
        self._guard = threading.Lock()
        self._view: View | None = None
        self._beside = Beside()
        self._watchers: list[Callable[[], None]] = []
        self._listeners: list[Callable[[Notice], None]] = []

    # ------------------------------------------------------------ the machine's side

    def show(self, view: View) -> None:
        """Put this view before the person, in place of the one before."""
        self._pictures.keep(view)
        with self._guard:
            self._view = view
        self._wake()

    def tell(self, **changes: Any) -> None:
        """Change what stands beside the view (the fields of `Beside`)."""
        with self._guard:
            before, self._beside = self._beside, evolve(self._beside, **changes)
            changed = self._beside != before
        if changed:
            self._wake()

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Call `listener` with each notice from now on."""
        with self._guard:
            self._listeners.append(listener)

    # ------------------------------------------------------------ the page's side

    def now(self) -> dict[str, Any]:
        """Return what is to be seen now: `{"view": ... or None, "machine": ...}`."""
        with self._guard:
            view, beside = self._view, self._beside
        told = view_told(view) if view else None
        for item in told["items"] if told else ():
            kept = self._pictures.find(item["picture"])
            # Boxes are in the picture's own pixels; a picture that is not at hand is not shown.
            item["size"] = [kept.width, kept.height] if kept else None
        return {"view": told, "machine": beside.told()}

    def press(self, button: Button) -> None:
        """Press a button."""
        self.notify(ButtonPressed(button))

    def notify(self, notice: Notice) -> None:
        """Tell the machine what the person did."""
        with self._guard:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(notice)

    def watch(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` after each change; returns what ends that."""
        with self._guard:
            self._watchers.append(wake)

        def end() -> None:
            with self._guard:
                self._watchers.remove(wake)

        return end

    def _wake(self) -> None:
        with self._guard:
            watchers = tuple(self._watchers)
        for wake in watchers:
            wake()
