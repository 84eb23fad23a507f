"""How full a bin is: the median of the last echoes, with a gap between full and not full any more.

One echo says little: bottles scatter sound, and what falls is in the way. The level trembles as things settle.
"""

from __future__ import annotations

from attrs import evolve, frozen

from domain.fleet.readings import BinReading

ECHOES = 9
"""That are looked at together."""
FULL = 1_000
NOT_FULL = 880
"""Permille of the bin: full from the first on, and no longer below the second."""
SCATTER_MM = 200
"""What lies in a bin does not rise and fall by more between a few echoes."""
BELOW_MM = 150
"""A distance that much beyond the empty bin's is no echo of the bin."""


@frozen
class BinLevel:
    """One bin. `permille` is None until enough echoes came back."""

    full: bool = False
    permille: int | None = None
    mad: bool = False
    """The echoes make no sense, or most do not come back."""
    _last: tuple[int | None, ...] = ()

    def told(self, reading: BinReading) -> BinLevel:
        """Take one reading."""
        last = (*self._last, _sensible(reading))[-ECHOES:]
        known = evolve(self, last=last)
        if len(last) < ECHOES:
            return known
        came = sorted(distance for distance in last if distance is not None)
        if 2 * len(came) <= ECHOES or _scatters(came):
            return evolve(known, mad=True)
        deep = reading.empty_mm - reading.full_mm
        permille = max(0, min(1_000, (reading.empty_mm - came[len(came) // 2]) * 1_000 // deep))
        full = permille >= (NOT_FULL if self.full else FULL)
        return evolve(known, full=full, permille=permille, mad=False)


def _sensible(reading: BinReading) -> int | None:
    distance = reading.distance_mm
    return distance if distance is not None and distance <= reading.empty_mm + BELOW_MM else None


def _scatters(came: list[int]) -> bool:
    """Whether even the middle half of the echoes lies apart."""
    return came[3 * len(came) // 4] - came[len(came) // 4] > SCATTER_MM
