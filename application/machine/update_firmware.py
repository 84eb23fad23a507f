"""Update firmware: what the microcontroller runs is replaced by what came with this release, and must then answer.

New firmware is on trial: what does not answer its host is given up by the device itself, and what ran before runs.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable

from attrs import define

from application.ports.firmware import Firmware, FirmwareImage, Version, dotted
from application.ports.hardware import HardwareError, PartUnreachable, WrongFirmware

_log = logging.getLogger(__name__)

TRIES = 20
PAUSE_S = 0.5
"""Between two tries: a microcontroller starts in about a second."""


class FirmwareNotTaken(HardwareError):
    """The image was sent whole, and the device does not run it."""


class Updated(str, enum.Enum):
    """What was done."""

    CURRENT = "current"
    """It runs already."""
    USABLE = "usable"
    """Another version runs, and speaks what this side speaks: it was left alone."""
    UPDATED = "updated"


@define
class UpdateFirmware:
    """Call it while no motor turns: it halts."""

    firmware: Firmware
    pause: Callable[[float], None]

    def __call__(self, image: FirmwareImage, *, only_if_unusable: bool = False) -> Updated:
        """Have that firmware run. Raises FirmwareNotTaken, HardwareError."""
        before = self._version()
        if before == image.version:
            return Updated.CURRENT
        if before is not None and only_if_unusable:
            return Updated.USABLE
        was = "of another protocol" if before is None else dotted(before)
        _log.warning("firmware %s is replaced by %s", was, dotted(image.version))
        self.firmware.replace(image)
        self._wait_for(image.version)
        return Updated.UPDATED

    def _version(self) -> Version | None:
        try:
            return self.firmware.version()
        except WrongFirmware:
            return None

    def _wait_for(self, wanted: Version) -> None:
        why = ""
        for _ in range(TRIES):
            self.pause(PAUSE_S)
            try:
                runs = self.firmware.version()
            except PartUnreachable as odd:
                why = str(odd)
                continue
            if runs == wanted:
                return
            why = f"it runs {dotted(runs)}"
        raise FirmwareNotTaken(f"firmware {dotted(wanted)} was sent and does not run: {why}")
