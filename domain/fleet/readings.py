"""What a machine's body measures, as it comes: numbers with their units, and never what they mean.

A reading that is None is one that is not there: the part is not fitted, or it did not answer and is named in `silent`.
"""

from __future__ import annotations

import enum

from attrs import field, frozen
from attrs.validators import and_, ge, instance_of, le

from domain.deposits.bodies import Counters


class Way(str, enum.Enum):
    """Where the motor moved."""

    IN = "in"
    OUT = "out"


class MotionEnd(str, enum.Enum):
    """Why the motor stands still."""

    RUNNING = "running"
    """It does not."""
    PASSED = "passed"
    """An item passed the sensor that was waited for."""
    TIME_OVER = "time_over"
    STALLED = "stalled"
    """Its current said that it was held."""
    HALTED = "halted"
    WATCHDOG = "watchdog"
    """The part that drives it heard nothing for too long."""


@frozen
class Motion:
    """The last motion of the intake's motor, as far as its parts can tell."""

    number: int
    """Another motion has another number; a part that started anew counts anew."""
    way: Way | None
    """None: the part that drives it started anew, or somebody else moved."""
    end: MotionEnd
    elapsed_ms: int
    peak_ma: int | None
    """The highest current, milliampere; None where nobody measures it."""


@frozen
class Climate:
    """The air inside the machine."""

    millicelsius: int = field(validator=and_(instance_of(int), ge(-40_000), le(125_000)))
    humidity_permille: int = field(validator=and_(instance_of(int), ge(0), le(1_000)))


@frozen
class BinReading:
    """How far it is from the sensor down to what lies in a bin, and what it measures when empty and when full."""

    name: str
    distance_mm: int | None
    empty_mm: int
    full_mm: int


@frozen
class Readings:
    """One look at the whole body. `at` is on the machine's own clock that never goes back, microseconds."""

    at: int
    item: bool | None = None
    """Whether something lies in the intake."""
    counters: Counters | None = None
    motion: Motion | None = None
    """None also before the first motion."""
    door_open: bool | None = None
    climate: Climate | None = None
    bins: tuple[BinReading, ...] = ()
    silent: tuple[str, ...] = ()
    """Fitted parts that did not answer: `chute`, `motor`, `door`, `climate`, `bin NAME`."""
