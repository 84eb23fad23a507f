"""Whether the air inside harms the machine: too hot for its computer, or so damp that lens and contacts get wet."""

from __future__ import annotations

from attrs import field, frozen

from domain.body.steady import SECOND, Steady
from domain.fleet.readings import Climate

HOT = 60_000
"""Thousandths of a degree Celsius; the computer slows down above."""
DAMP = 950
"""Permille of relative humidity."""
LASTS = 60 * SECOND


@frozen
class Air:
    """Whether it does."""

    _bad: Steady = field(factory=lambda: Steady(LASTS, LASTS))

    @property
    def bad(self) -> bool:
        """Whether it has been too hot or too damp for a while."""
        return self._bad.level

    def told(self, climate: Climate, at: int) -> Air:
        """Take one reading."""
        return Air(self._bad.told(climate.millicelsius >= HOT or climate.humidity_permille >= DAMP, at))
