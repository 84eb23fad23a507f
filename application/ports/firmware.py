"""The software of the microcontroller, which the machine replaces over its own line."""

from __future__ import annotations

from typing import Protocol

from attrs import field, frozen
from attrs.validators import and_, max_len, min_len

Version = tuple[int, int, int]
MOST_IMAGE = 262_144


@frozen
class FirmwareImage:
    """Firmware as it is sent, and its version."""

    version: Version
    data: bytes = field(validator=and_(min_len(1), max_len(MOST_IMAGE)), repr=False)


class Firmware(Protocol):
    """What runs on the microcontroller."""

    def version(self) -> Version:
        """Return what runs; its motor halts. Raises WrongFirmware when it speaks another version, PartUnreachable."""

    def replace(self, image: FirmwareImage) -> None:
        """Send an image and have it started. Raises HardwareError: then what ran before runs still."""


def dotted(version: Version) -> str:
    """Write a version as people do."""
    return ".".join(map(str, version))
