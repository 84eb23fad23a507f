"""Mock pins that tell when they are driven, on a factory whose time is the body's."""

from __future__ import annotations

from collections.abc import Callable

from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin


class WatchedPin(MockPWMPin):
    """A mock pin with PWM; `watcher` is told each new level that it is driven to, 0 to 1.

    `follower` is told each new level of an input, `pulse_follower` the length of a pulse, seconds.
    """

    watcher: Callable[[float], None] | None = None
    follower: Callable[[bool], None] | None = None
    pulse_follower: Callable[[float], None] | None = None

    def pulse(self, up: float, down: float) -> None:
        """Have the wire go high and low again, at those ticks."""
        if self.pulse_follower is not None:
            self.pulse_follower(down - up)
        for level, at in ((True, up), (False, down)):
            if self._change_state(level) and self._when_changed is not None:
                self._call_when_changed(at)

    def _call_when_changed(self, at: float | None = None) -> None:
        # MockPin's own takes the time from this computer's clock.
        super(MockPin, self)._call_when_changed(self._factory.ticks() if at is None else at, self._state)

    def _change_state(self, value: float) -> bool:
        changed: bool = super()._change_state(value)
        if changed and self.watcher is not None and self._function == "output":
            self.watcher(float(value))
        if changed and self.follower is not None and self._function == "input":
            self.follower(bool(value))
        return changed


class TimedFactory(MockFactory):
    """Mock pins; ticks are what `now` says, in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        """All pins are inputs at first."""
        super().__init__(pin_class=WatchedPin)
        self.ticks = now
