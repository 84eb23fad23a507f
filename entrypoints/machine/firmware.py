"""`rvm machine firmware`: what the microcontroller runs, and its update by what came with this release.

Exit status: 0 when it runs this release's firmware (afterwards), 1 when it does not, 2 for a map without one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.hardware_map.parts import HardwareMap
from adapters.hardware_map.read import DEFAULT, BadHardwareMap, read_map
from adapters.serial_link.firmware import BadFirmware, SerialFirmware, bundle
from adapters.serial_link.line import SerialLine
from application.machine.update_firmware import Updated, UpdateFirmware
from application.ports.firmware import Firmware, FirmwareImage, dotted
from application.ports.hardware import HardwareError, WrongFirmware
from entrypoints.machine.hardware import SHIPPED, SIMULATED
from entrypoints.machine.simulated import simulated_machine

RUNS, OTHER, MISUSE = 0, 1, 2
FOLDERS = (Path(__file__).parent / "firmware_files", Path(__file__).parents[2] / "deploy" / "firmware")
"""Where it is in an installation, and in a checkout."""


def shipped() -> FirmwareImage:
    """Return the firmware that came with this release. Raises BadFirmware."""
    return bundle(next((folder for folder in FOLDERS if folder.is_dir()), FOLDERS[-1]))


def run(map_name: str | None, *, check: bool, say: Callable[[str], None] = print) -> int:
    """Update what the map's microcontroller runs, or only look; return the exit status."""
    try:
        with _opened(map_name) as firmware:
            if firmware is None:
                say("this map has no microcontroller")
                return MISUSE
            return _look(firmware, say) if check else _update(firmware, say)
    except BadHardwareMap as odd:
        say(str(odd))
        return MISUSE
    except (HardwareError, BadFirmware) as odd:
        say(f"firmware: {odd}")
        return OTHER


def _look(firmware: Firmware, say: Callable[[str], None]) -> int:
    image = shipped()
    try:
        runs = firmware.version()
    except WrongFirmware as odd:
        say(f"{odd}; this release has {dotted(image.version)}")
        return OTHER
    say(f"it runs {dotted(runs)}; this release has {dotted(image.version)}")
    return RUNS if runs == image.version else OTHER


def _update(firmware: Firmware, say: Callable[[str], None]) -> int:
    image = shipped()
    done = UpdateFirmware(firmware, time.sleep)(image)
    say(f"it {'runs' if done is Updated.CURRENT else 'was updated to'} {dotted(image.version)}")
    return RUNS


@contextmanager
def _opened(map_name: str | None) -> Iterator[Firmware | None]:
    kind, _, name = (map_name or str(DEFAULT)).partition(":")
    if kind == SIMULATED:
        wired = read_map(SHIPPED.get(name, Path(name)))
        with (
            tempfile.TemporaryDirectory(prefix="rvm-firmware-") as folder,
            simulated_machine(wired, Path(folder)) as made,
        ):
            yield None if made.parts.line is None else SerialFirmware(made.parts.line)
        return
    wired = read_map(Path(map_name or DEFAULT))
    line = _line(wired)
    try:
        yield None if line is None else SerialFirmware(line)
    finally:
        if line is not None:
            line.close()


def _line(wired: HardwareMap) -> SerialLine | None:
    part = wired.microcontroller
    return None if part is None else SerialLine(part.device, baud=part.baud)
