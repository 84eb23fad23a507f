"""The Screen port as a touch screen: keeps what is shown, wakes whoever looks, and tells what was pressed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from attrs import evolve, field, frozen

from application.machine.told_view import view_told
from application.ports.guide_panel import Guided, GuideWord
from application.ports.hardware import Button, ButtonPressed, Notice
from application.ports.screen import View
from application.ports.service_panel import Service, Word
from domain.deposits.machine_totals import MachineTotals
from entrypoints.machine.kiosk.guide_told import guide_told
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
    """Screen, NoticeSource, ServicePanel and GuidePanel. Safe to use from any thread.

    Listeners are called from the page's.
    """

    def __init__(self, pictures: Pictures) -> None:
        """Show nothing yet."""
        self._pictures = pictures
        self._guard = threading.Lock()
        self._view: View | None = None
        self._beside = Beside()
        self._watchers: list[Callable[[], None]] = []
        self._listeners: list[Callable[[Notice], None]] = []
        self._service: Service | None = None
        self._hearers: list[Callable[[Word], None]] = []
        self._guided: Guided | None = None
        self._heeders: list[Callable[[GuideWord], None]] = []

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

    def hear(self, listener: Callable[[Word], None]) -> None:
        """Call `listener` with each word of a technician from now on."""
        with self._guard:
            self._hearers.append(listener)

    def answer(self, service: Service) -> None:
        """Show this on the service panel."""
        if service.picture is not None:
            self._pictures.keep_one(service.picture)
        with self._guard:
            self._service = service
        self._wake()

    def heed(self, listener: Callable[[GuideWord], None]) -> None:
        """Call `listener` with each word of an installer from now on."""
        with self._guard:
            self._heeders.append(listener)

    def lead(self, guided: Guided | None) -> None:
        """Show this of a commissioning, or none any more."""
        with self._guard:
            self._guided = guided
        self._wake()

    # ------------------------------------------------------------ the page's side

    def now(self) -> dict[str, Any]:
        """Return what is to be seen now: `{"view", "machine", "service", "guide"}`, each None while there is none."""
        with self._guard:
            view, beside, service, guided = self._view, self._beside, self._service, self._guided
        told = view_told(view) if view else None
        for item in told["items"] if told else ():
            kept = self._pictures.find(item["picture"])
            # Boxes are in the picture's own pixels; a picture that is not at hand is not shown.
            item["size"] = [kept.width, kept.height] if kept else None
        return {
            "view": told,
            "machine": beside.told(),
            "service": _service_told(service) if service else None,
            "guide": guide_told(guided) if guided else None,
        }

    def press(self, button: Button) -> None:
        """Press a button."""
        self.notify(ButtonPressed(button))

    def notify(self, notice: Notice) -> None:
        """Tell the machine what the person did."""
        with self._guard:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(notice)

    def say(self, word: Word) -> None:
        """Tell the machine what a technician entered."""
        with self._guard:
            hearers = tuple(self._hearers)
        for hearer in hearers:
            hearer(word)

    def guide(self, word: GuideWord) -> None:
        """Tell the machine what an installer pressed or entered."""
        with self._guard:
            heeders = tuple(self._heeders)
        for heeder in heeders:
            heeder(word)

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


def _service_told(service: Service) -> dict[str, Any]:
    return {
        "pin": service.pin.value if service.pin else None,
        "wait_seconds": -(-service.wait // 1_000_000),
        "doing": service.doing.value if service.doing else None,
        "done": service.done.value if service.done else None,
        "failed": service.failed,
        "counters": [service.counters.passed_in, service.counters.passed_out] if service.counters else None,
        "present": service.present,
        "unsent": service.unsent,
        "picture": service.picture,
        "warnings": list(service.warnings),
        "orders": [order.value for order in service.orders],
    }
