"""A DC motor with inertia behind its driver: speed follows duty late, and current tells how hard it works.

Speeds are parts of the free speed at full power (-1 to 1), currents milliampere, times whole microseconds.
"""

from __future__ import annotations

import math

from attrs import define, field, frozen

WORN = 1.3


@frozen
class Start:
    """One time that the driver began to drive a motor at rest."""

    at_us: int
    duty: float


@define
class DcMotor:
    """A motor. `jammed`, `open_winding`, `reversed_wiring` and `worn` are its faults.

    Windings whose insulation is worn have fewer turns that count: more current flows.
    """

    inertia_us: int = 60_000
    """After so long the speed has come 63 % of its way."""
    free_ma: float = 180.0
    stall_ma: float = 2_800.0
    jammed: bool = False
    open_winding: bool = False
    reversed_wiring: bool = False
    worn: bool = False
    duty: float = 0.0
    speed: float = 0.0
    starts: list[Start] = field(factory=list)

    def drive(self, duty: float, at_us: int) -> None:
        """Set the driver, -1 to 1."""
        if duty and not self.duty:
            self.starts.append(Start(at_us, duty))
        self.duty = duty

    @property
    def at_rest(self) -> bool:
        """Whether nothing turns and nothing will."""
        return not self.duty and abs(self.speed) < 0.001

    @property
    def current_ma(self) -> float:
        """What the driver gives: most while it stands still and is driven."""
        if self.open_winding or not self.duty:
            return 0.0
        slip = abs(self._pull - self.speed)
        current = self.free_ma * abs(self.speed) + self.stall_ma * slip
        return current * WORN if self.worn else current

    def advance(self, step_us: int) -> float:
        """Let time pass; return how far it turned, in free speed times microseconds."""
        if self.jammed:
            self.speed = 0.0
            return 0.0
        before = self.speed
        self.speed += (self._pull - before) * -math.expm1(-step_us / self.inertia_us)
        if not self.duty and abs(self.speed) < 0.001:
            self.speed = 0.0
        return (before + self.speed) / 2 * step_us

    @property
    def _pull(self) -> float:
        if self.open_winding:
            return 0.0
        return -self.duty if self.reversed_wiring else self.duty
