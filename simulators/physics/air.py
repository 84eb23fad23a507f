"""The air inside the machine, and the sensor that measures it (DHT22: tenths, at most every two seconds)."""

from __future__ import annotations

from random import Random

from attrs import define


@define
class Air:
    """Temperature in degrees Celsius, relative humidity in per cent."""

    chance: Random
    celsius: float = 27.0
    humidity: float = 65.0
    dead: bool = False

    def measure(self) -> tuple[int, int] | None:
        """Return tenths of a degree and tenths of a per cent as the sensor tells them; None: it did not answer."""
        if self.dead:
            return None
        tenths = round(10 * (self.celsius + self.chance.gauss(0, 0.1)))
        humid = round(10 * (self.humidity + self.chance.gauss(0, 0.3)))
        return tenths, min(max(humid, 0), 1_000)
