"""The kernel's files of a DHT22 (sysfs-bus-iio), on the air of a simulated machine."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from attrs import define, field

from simulators.physics.air import Air

VALID_S = 2.0
"""So long the driver tells its last measurement before it asks the sensor again."""


@define
class KernelAir:
    """Reads files as the driver does: what is spoilt is EIO, a silent sensor ETIMEDOUT."""

    air: Air
    now: Callable[[], float]
    spoilt: Callable[[], bool] = lambda: False
    """Whether this answer's checksum is wrong, asked at each measurement."""
    _told: tuple[float, int, int] | None = field(default=None)

    def read(self, path: Path) -> str:
        """Return a file's text. Raises OSError."""
        if path.name not in ("in_temp_input", "in_humidityrelative_input"):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        _, millicelsius, milli_percent = self._measured()
        return f"{millicelsius if path.name == 'in_temp_input' else milli_percent}\n"

    def _measured(self) -> tuple[float, int, int]:
        if self._told is None or self.now() - self._told[0] > VALID_S:
            measured = self.air.measure()
            if measured is None:
                raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            if self.spoilt():
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            self._told = self.now(), 100 * measured[0], 100 * measured[1]
        return self._told
