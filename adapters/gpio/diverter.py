"""The port Diverter: a flap that leads to the first bin at rest, and to the second while its coil is under current."""

from __future__ import annotations

import time
from collections.abc import Callable

from adapters.gpio.coil import Coil
from application.ports.hardware import NoSuchBin

SETTLE_S = 0.3
"""So long a flap takes."""


class CoilDiverter:
    """A flap before two bins. It falls back to the first when its coil's time is over."""

    def __init__(self, coil: Coil, bins: tuple[str, str], *, pause: Callable[[float], None] = time.sleep) -> None:
        """`bins` are their names, the one at rest first; the coil holds for longer than an item needs."""
        self._coil = coil
        self._bins = bins
        self._pause = pause

    def point(self, bin_name: str) -> None:
        """Lead to that bin, and return when it does. Raises NoSuchBin, PartUnreachable."""
        if bin_name not in self._bins:
            raise NoSuchBin(f"the diverter leads to {' and '.join(self._bins)}, not to {bin_name!r}")
        (self._coil.on if bin_name == self._bins[1] else self._coil.off)()
        self._pause(SETTLE_S)

    def close(self) -> None:
        """Let it fall back, and the pin go."""
        self._coil.close()
