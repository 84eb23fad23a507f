"""The port Firmware on the serial line, and the bundle that a folder of firmware becomes.

A bundle is `rvm1` and a line feed, then for each file a line `name size` and its bytes (deploy/firmware/README.md).
"""

from __future__ import annotations

import re
from pathlib import Path

from adapters.serial_link.line import SerialLine
from application.ports.firmware import FirmwareImage, Version

CORE, MAIN = "rvm_firmware", "rvm_esp32.py"
_VERSION = re.compile(r"^VERSION = \((\d+), (\d+), (\d+)\)$", re.MULTILINE)


class BadFirmware(ValueError):
    """This folder holds no firmware; the message says what is missing."""


class SerialFirmware:
    """What runs at the other end of the line."""

    def __init__(self, line: SerialLine) -> None:
        """`line` is shared with the parts."""
        self._line = line

    def version(self) -> Version:
        """Return what runs; its motor halts. Raises WrongFirmware, PartUnreachable."""
        return self._line.greet().firmware

    def replace(self, image: FirmwareImage) -> None:
        """Send an image and have it started. Raises HardwareError: then what ran before runs still."""
        self._line.update(image.data)


def bundle(folder: Path) -> FirmwareImage:
    """Make a bundle of `rvm_esp32.py` and `rvm_firmware/`. Raises BadFirmware."""
    try:
        core = sorted(path for path in (folder / CORE).iterdir() if path.suffix == ".py")
        files = [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in (folder / MAIN, *core)]
        version = _VERSION.search((folder / CORE / "__init__.py").read_text(encoding="utf-8"))
    except OSError as odd:
        raise BadFirmware(f"{folder}: {odd}") from odd
    if version is None:
        raise BadFirmware(f"{folder / CORE / '__init__.py'}: it names no VERSION")
    major, minor, patch = (int(part) for part in version.groups())
    data = b"".join(b"%s %d\n" % (name.encode("ascii"), len(text)) + text for name, text in files)
    return FirmwareImage((major, minor, patch), b"rvm1\n" + data)
