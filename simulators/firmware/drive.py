"""The device's motor control: starts, stops by itself, and counts what passes. Looks once a millisecond."""

from __future__ import annotations

from attrs import define, field

from simulators.firmware.lasting import Lasting
from simulators.physics.body import Body

NONE, RUNNING, PASSED, TIME_OVER, STALLED, HALTED, WATCHDOG = range(7)
BLIND_MS = 150
"""A motor that starts takes as much current as one that stalls: so long nobody looks."""
STALL_MA = 1_500
STALL_MS = 120
"""Above that current for so long, and it is a stall."""
STEADY_MS = 5
"""A sensor's level counts once it held for so long."""


@define
class Barrier:
    """A light barrier, debounced. It counts when it was dark and is light again: the item is through."""

    dark: bool = False
    _other_ms: int = 0

    def through(self, wire: bool) -> bool:  # noqa: FBT001 (a level)
        """Take one reading; return whether an item has just passed."""
        self._other_ms = self._other_ms + 1 if wire != self.dark else 0
        if self._other_ms < STEADY_MS:
            return False
        self.dark, self._other_ms = wire, 0
        return not wire


@define
class Drive:
    """The motor's driver, and what the last motion came to."""

    body: Body
    lasting: Lasting
    sequence: int = 0
    state: int = NONE
    elapsed_ms: int = 0
    peak_ma: int = 0
    _limit_ms: int = 0
    _until: int = 0
    _strained_ms: int = 0
    _inner: Barrier = field(factory=Barrier)
    _outer: Barrier = field(factory=Barrier)

    def start(self, sequence: int, *, inward: bool, duty: int, limit_ms: int, until: int) -> None:
        """Turn the motor from now on; `duty` in per cent."""
        self.sequence, self.state = sequence, RUNNING
        self.elapsed_ms = self.peak_ma = self._strained_ms = 0
        self._limit_ms, self._until = limit_ms, until
        self.body.motor.drive(duty / 100 if inward else -duty / 100, self.body.now_us)

    def stop(self, state: int) -> None:
        """Stop the motor; a motion that was running ends in that state."""
        self.body.motor.drive(0.0, self.body.now_us)
        if self.state == RUNNING:
            self.state = state

    def millisecond(self) -> None:
        """Look once."""
        came_in, came_out = (
            self._inner.through(self.body.in_beam_dark()),
            self._outer.through(self.body.out_beam_dark()),
        )
        turning_in = self.body.motor.duty >= 0
        self.lasting.passed_in += came_in and turning_in
        self.lasting.passed_out += came_out
        if self.state != RUNNING:
            return
        self.elapsed_ms += 1
        self._watch_current()
        if (self._until == 1 and came_in) or (self._until == 2 and came_out):
            self.stop(PASSED)
        elif self._strained_ms >= STALL_MS:
            self.stop(STALLED)
        elif self.elapsed_ms >= self._limit_ms:
            self.stop(TIME_OVER)

    def _watch_current(self) -> None:
        current = self.body.motor.current_ma
        self.peak_ma = max(self.peak_ma, min(round(current), 0xFFFF))
        strained = self.elapsed_ms > BLIND_MS and current > STALL_MA
        self._strained_ms = self._strained_ms + 1 if strained else 0
