"""Pins of a body in another process, as gpiozero has them: what is driven here is felt there, and edges come back."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

from simulators.bench.pins import TimedFactory, WatchedPin
from simulators.rig.line import Line, LineDown


class FarPin(WatchedPin):
    """A pin at the other end of a line. What the wire says there counts, whatever is pulled here."""

    def __init__(self, factory: FarFactory, info: Any) -> None:
        """Nothing is known of the wire yet."""
        self._wire: bool | None = None
        self._guard = threading.RLock()
        super().__init__(factory, info)
        self.watcher = self._drive

    def follow(self, level: bool) -> None:  # noqa: FBT001 (a level)
        """Take the level that the wire has now."""
        with self._guard:
            self._wire = level
            if self._function == "input":
                (self.drive_high if level else self.drive_low)()

    def follow_pulse(self, length_s: float) -> None:
        """Take a pulse that has come and gone."""
        with self._guard:
            if self._function == "input":
                begun = self._factory.ticks()
                self.pulse(begun, begun + length_s)

    def _set_function(self, value: str) -> None:
        with self._guard:
            super()._set_function(value)
            self._tell("function", function=value)
            if value == "output":
                # Whoever drove it before may have left another level there.
                self._tell("drive", level=float(self._state))

    def _set_pull(self, value: str) -> None:
        with self._guard:
            super()._set_pull(value)
            if self._wire is not None:
                self.follow(self._wire)

    def _drive(self, level: float) -> None:
        """Have it driven there, and return when it is: never while notices wait for this pin."""
        with contextlib.suppress(LineDown):
            self._factory.line.ask("drive", pin=self._bcm, level=level)

    @property
    def _bcm(self) -> str:
        return str(self._info.name).removeprefix("GPIO")

    def _tell(self, command: str, **what: Any) -> None:
        # A wire that ends nowhere takes any level; camera and serial line tell that nobody is there.
        with contextlib.suppress(LineDown):
            self._factory.line.tell(command, pin=self._bcm, **what)


class FarFactory(TimedFactory):
    """Pins by BCM number. `hear` takes what the line notices."""

    def __init__(self, line: Line) -> None:
        """`line` is the agent's; ticks are this computer's monotonic clock, seconds."""
        super().__init__(time.monotonic)
        self.pin_class = FarPin
        self.line = line

    def hear(self, notice: dict[str, Any]) -> None:
        """Take a notice: a level, or a pulse."""
        pin = self.pin(int(notice["pin"]))
        if notice["notice"] == "level":
            pin.follow(bool(notice["level"]))
        elif notice["notice"] == "pulse":
            pin.follow_pulse(float(notice["seconds"]))
