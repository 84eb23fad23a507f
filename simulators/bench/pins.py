"""Mock pins that tell when they are driven."""

from __future__ import annotations

from collections.abc import Callable

from gpiozero.pins.mock import MockPWMPin


class WatchedPin(MockPWMPin):
    """A mock pin with PWM; `watcher` is told each new level that it is driven to, 0 to 1."""

    watcher: Callable[[float], None] | None = None

    def _change_state(self, value: float) -> bool:
        changed: bool = super()._change_state(value)
        if changed and self.watcher is not None and self._function == "output":
            self.watcher(float(value))
        return changed
