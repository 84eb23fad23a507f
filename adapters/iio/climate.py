"""A DHT22 that the kernel's driver `dht11` reads: two files, which may take a while or give nothing.

`in_temp_input` is thousandths of a degree Celsius, `in_humidityrelative_input` thousandths of a per cent
(sysfs-bus-iio). The driver asks the sensor when a file is read and its last answer is older than two seconds; a spoilt
checksum reads as EIO, a sensor that is silent as ETIMEDOUT (drivers/iio/humidity/dht11.c), and the next reading may be
fine again.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from pathlib import Path

from application.ports.hardware import NoReading, PartUnreachable
from domain.fleet.readings import Climate

TEMPERATURE, HUMIDITY = "in_temp_input", "in_humidityrelative_input"
TRANSIENT = frozenset({errno.EIO, errno.ETIMEDOUT, errno.EAGAIN, errno.EBUSY})
TRIES = 3
KEPT_S = 10.0
"""So long the last good reading is told when the sensor gives none: air does not change faster."""


def read_text(path: Path) -> str:
    """Read a file of the kernel's."""
    return path.read_text(encoding="ascii")


class IioClimate:
    """The port ClimateSensor on a folder such as /sys/bus/iio/devices/iio:device0."""

    def __init__(
        self,
        folder: Path,
        *,
        read: Callable[[Path], str] = read_text,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is read yet."""
        self._folder = folder
        self._read = read
        self._now = now
        self._kept: tuple[float, Climate] | None = None

    def climate(self) -> Climate:
        """Return a reading of the last seconds. Raises NoReading, PartUnreachable."""
        why: OSError | ValueError | None = None
        for _ in range(TRIES):
            try:
                climate = self._once()
            except OSError as odd:
                if odd.errno not in TRANSIENT:
                    raise PartUnreachable(f"climate: {odd} (is the driver there? docs/hardware.md, DHT22)") from odd
                why = odd
            except ValueError as odd:
                why = odd
            else:
                self._kept = self._now(), climate
                return climate
        if self._kept is not None and self._now() - self._kept[0] <= KEPT_S:
            return self._kept[1]
        raise NoReading(f"climate: {why}, asked {TRIES} times") from why

    def _once(self) -> Climate:
        milli_percent = int(self._read(self._folder / HUMIDITY))
        return Climate(int(self._read(self._folder / TEMPERATURE)), round(milli_percent / 100))
