"""An ultrasonic distance sensor (HC-SR04) above a bin: echo time from distance and air, with noise and lost echoes."""

from __future__ import annotations

from random import Random

from attrs import define

NEAREST_MM = 20.0
FARTHEST_MM = 4_000.0


def sound_mm_per_us(celsius: float) -> float:
    """Return the speed of sound in air."""
    return (331.3 + 0.606 * celsius) / 1_000


@define
class EchoSensor:
    """A sensor that looks down into a bin of `depth_mm`, filled up to `fill_mm`."""

    chance: Random
    depth_mm: float = 800.0
    fill_mm: float = 0.0
    noise_us: float = 12.0
    """Standard deviation of the echo time."""
    lost: float = 0.01
    """Part of the pings that no echo comes back from (crumpled bottles scatter)."""
    dead: bool = False

    def ping(self, celsius: float = 20.0) -> int | None:
        """Return the length of the echo pulse in microseconds, None when none came back."""
        distance = self.depth_mm - self.fill_mm
        if self.dead or not NEAREST_MM <= distance <= FARTHEST_MM or self.chance.random() < self.lost:
            return None
        return max(1, round(2 * distance / sound_mm_per_us(celsius) + self.chance.gauss(0, self.noise_us)))
