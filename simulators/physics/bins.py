"""Where items fall: bins that fill, a flap that leads to one of them, a press that makes room.

The laws: what falls lands in the bin that the flap leads to at that moment, and raises its filling. A flap takes its
time; what falls meanwhile lands where it led before.
"""

from __future__ import annotations

from attrs import define, field

from simulators.physics.echo import EchoSensor

ITEM_MM = 3.0
"""By so much an item raises the filling."""
FLAP_US = 150_000
STROKE_US = 1_000_000
"""So long the press needs to come down; a shorter stroke presses nothing."""
PRESSED_TO = 0.6
"""Part of the filling's height that is left after a stroke."""


@define
class Bin:
    """A bin and the distance sensor above it."""

    name: str
    echo: EchoSensor
    tags: list[str] = field(factory=list)
    """What lies in it, the oldest first."""

    def drop(self, tag: str) -> None:
        """Let an item fall in."""
        self.tags.append(tag)
        self.echo.fill_mm = min(self.echo.fill_mm + ITEM_MM, self.echo.depth_mm)

    def fill(self, permille: int) -> None:
        """Fill it up to that part of its depth."""
        self.echo.fill_mm = self.echo.depth_mm * permille / 1_000

    def empty(self) -> None:
        """Carry away what lies in it."""
        self.tags.clear()
        self.echo.fill_mm = 0.0


@define
class Flap:
    """A flap before two bins: at rest it leads to the first, under current to the second. `stuck`: it stays."""

    stuck: bool = False
    _under_current: bool = False
    _led: int = 0
    _since_us: int = -FLAP_US

    def drive(self, on: bool, at_us: int) -> None:  # noqa: FBT001 (a level)
        """Set the coil."""
        if on != self._under_current:
            self._led, self._under_current, self._since_us = self.leads_to(at_us), on, at_us

    def leads_to(self, at_us: int) -> int:
        """Return the number of the bin that it leads to, from 0."""
        return self._led if self.stuck or at_us - self._since_us < FLAP_US else int(self._under_current)


@define
class Press:
    """A press above the first bin. `hurt` counts the moments at which it moved while the door was open."""

    strokes: int = 0
    hurt: int = 0
    moving: bool = False
    _since_us: int = 0

    def drive(self, on: bool, at_us: int) -> bool:  # noqa: FBT001 (a level)
        """Set the coil; return whether a whole stroke has just ended."""
        whole = self.moving and not on and at_us - self._since_us >= STROKE_US
        if on and not self.moving:
            self._since_us = at_us
        self.moving = on
        self.strokes += whole
        return whole
