"""The port Light on the microcontroller's RGB LED: which colour says what. docs/hardware.md has the same table."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.serial_link.microcontroller import Microcontroller
from application.ports.hardware import Signal

COLOURS: Mapping[Signal, tuple[int, int, int, int]] = {
    Signal.DARK: (0, 0, 0, 0),
    Signal.READY: (0, 200, 0, 0),
    Signal.WORKING: (0, 60, 255, 1_000),
    Signal.TAKEN: (0, 255, 0, 200),
    Signal.RETURNED: (255, 140, 0, 500),
    Signal.OUT_OF_SERVICE: (255, 0, 0, 0),
}
"""Red, green, blue, 0 to 255 each, and the period of blinking in milliseconds (0: steady)."""


class SerialLight:
    """The RGB LED at the opening."""

    def __init__(self, device: Microcontroller) -> None:
        """`device` is shared with the other parts."""
        self._device = device

    def show(self, signal: Signal) -> None:
        """Say that, until another is said. Raises PartUnreachable."""
        self._device.light(*COLOURS[signal])
