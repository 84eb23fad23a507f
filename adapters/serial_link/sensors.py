"""The ports BinLevel, ClimateSensor and OpeningSensor on the microcontroller."""

from __future__ import annotations

from adapters.serial_link.microcontroller import Microcontroller, millimetres
from application.ports.hardware import NoReading, PartUnreachable
from domain.fleet.readings import Climate

NEAREST_MM, FARTHEST_MM = 20, 4_000
USUAL_CELSIUS = 25.0
"""Taken for the air's temperature when nobody tells it: ten degrees off are two per cent of the distance."""


class SerialClimate:
    """The DHT22 at the microcontroller."""

    def __init__(self, device: Microcontroller) -> None:
        """`device` is shared with the other parts."""
        self._device = device

    def climate(self) -> Climate:
        """Return a reading of the last seconds. Raises NoReading, PartUnreachable."""
        told = self._device.climate()
        try:
            return Climate(round(1_000 * told.celsius), round(10 * told.humidity_percent))
        except ValueError as odd:
            raise NoReading(f"climate: {odd}") from odd


class SerialOpening:
    """The light barrier at the opening, at the microcontroller."""

    def __init__(self, device: Microcontroller) -> None:
        """`device` is shared with the other parts."""
        self._device = device

    def dark(self) -> bool:
        """Tell whether something is in it. Raises NotFitted where there is none, PartUnreachable."""
        return self._device.barriers().out_dark


class SerialLevel:
    """The HC-SR04 at the microcontroller."""

    def __init__(self, device: Microcontroller, name: str) -> None:
        """`name` is the bin's."""
        self._device = device
        self._name = name

    def distance_mm(self) -> int:
        """Return the last distance, corrected for the air's temperature. Raises NoReading, PartUnreachable."""
        echo = self._device.level()
        try:
            celsius = self._device.climate().celsius
        except PartUnreachable:
            celsius = USUAL_CELSIUS
        distance = round(millimetres(echo.echo_us, celsius))
        if not NEAREST_MM <= distance <= FARTHEST_MM:
            raise NoReading(f"bin {self._name}: an echo of {echo.echo_us} µs is none of a bin")
        return distance
