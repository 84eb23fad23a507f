"""What hangs on the microcontroller, as methods: motor, LED, bin level, climate, lasting counters."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from adapters.serial_link.errors import Refused
from adapters.serial_link.line import SerialLine
from adapters.serial_link.messages import (
    AskBarriers,
    AskClimate,
    AskCounters,
    AskLevel,
    AskMotion,
    Barriers,
    Climate,
    Command,
    Direction,
    Echo,
    Halt,
    Light,
    Motion,
    MotionState,
    Run,
    Status,
    Until,
)
from application.ports.hardware import MotionFailed, NoReading, NotFitted, PartUnreachable
from domain.deposits.bodies import Counters

T = TypeVar("T")
POLL_S = 0.02
STALE_MS = 5_000
"""A reading older than this is none."""


def millimetres(echo_us: int, celsius: float = 20.0) -> float:
    """Return how far away an echo's surface is. Sound travels 331.3 m/s at 0 °C and 0.606 m/s more for each degree."""
    return echo_us * (331.3 + 0.606 * celsius) / 2_000


class Microcontroller:
    """The ESP32 behind a serial line."""

    def __init__(self, line: SerialLine, *, pause: Callable[[float], None] = time.sleep) -> None:
        """`pause` waits so many seconds between two looks at a motion."""
        self._line = line
        self._pause = pause

    def halt(self) -> None:
        """Stop the motor at once. Raises PartUnreachable."""
        self._line.ask(Halt())

    def run(self, direction: Direction, *, duty_percent: int, limit_ms: int, until: Until) -> Motion:
        """Turn the motor, and return how the motion ended. Raises MotionFailed, PartUnreachable.

        A motion begins at most once, whatever is lost on the way: what is in doubt is told as failed.
        """
        try:
            began = self._line.ask_once(Run(direction, duty_percent, limit_ms, until))
            motion = self._line.ask_in_session(AskMotion())
            while motion.sequence == began.sequence and motion.state is MotionState.RUNNING:
                self._pause(POLL_S)
                motion = self._line.ask_in_session(AskMotion())
        except Refused as no:
            raise MotionFailed(str(no)) from no
        if motion.sequence != began.sequence:
            raise MotionFailed("another motion took the place of this one")
        return motion

    def motion(self) -> Motion:
        """Return the last motion, also while it goes on. Raises PartUnreachable."""
        return self._read(AskMotion())

    def counters(self) -> Counters:
        """Read the lasting counters. Raises PartUnreachable."""
        return self._read(AskCounters())

    def barriers(self) -> Barriers:
        """Return what the light barriers see now. Raises NotFitted where there is none, PartUnreachable."""
        try:
            return self._line.ask(AskBarriers())
        except Refused as no:
            error = NotFitted if no.status == Status.NOT_FITTED else PartUnreachable
            raise error(str(no)) from no

    def level(self) -> Echo:
        """Return the last echo of the bin's sensor. Raises NoReading, PartUnreachable."""
        echo = self._read(AskLevel())
        _check_fresh("level", echo.age_ms)
        return echo

    def climate(self) -> Climate:
        """Return the last climate. Raises NoReading, PartUnreachable."""
        climate = self._read(AskClimate())
        _check_fresh("climate", climate.age_ms)
        return climate

    def light(self, red: int, green: int, blue: int, blink_ms: int = 0) -> None:
        """Light the LED, 0 to 255 each, steady or blinking with that period. Raises PartUnreachable."""
        self._read(Light(red, green, blue, blink_ms))

    def _read(self, command: Command[T]) -> T:
        try:
            return self._line.ask(command)
        except Refused as no:
            if no.status == Status.SENSOR_FAILED:
                raise NoReading(f"{no} (does the sensor answer?)") from no
            raise PartUnreachable(str(no)) from no


def _check_fresh(part: str, age_ms: int) -> None:
    if age_ms > STALE_MS:
        raise NoReading(f"{part}: the last reading is {age_ms} ms old")
