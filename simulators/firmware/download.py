"""New firmware on its way into the simulated device: in order, without a gap, and checked as a whole."""

from __future__ import annotations

import hashlib
import struct

from attrs import define

OK, BAD_ARGUMENT, BAD_IMAGE = 0, 4, 8
LARGEST = 262_144


@define
class Download:
    """What came so far. `sha256` is empty while nothing is under way."""

    size: int = 0
    sha256: bytes = b""
    image: bytes = b""

    def take(self, number: int, arguments: bytes) -> int:
        """Take an update command (0x50, 0x51, 0x52); return its status."""
        if number == 0x50:
            return self._begin(arguments)
        return self._data(arguments) if number == 0x51 else self._commit(arguments)

    def _begin(self, arguments: bytes) -> int:
        if len(arguments) != 36:
            return BAD_ARGUMENT
        self.size, self.sha256 = struct.unpack("<I32s", arguments)
        self.image = b""
        if 1 <= self.size <= LARGEST:
            return OK
        self.sha256 = b""
        return BAD_ARGUMENT

    def _data(self, arguments: bytes) -> int:
        if not 5 <= len(arguments) <= 60:
            return BAD_ARGUMENT
        (offset,) = struct.unpack_from("<I", arguments)
        data = arguments[4:]
        if not self.sha256 or offset != len(self.image) or offset + len(data) > self.size:
            return BAD_IMAGE
        self.image += data
        return OK

    def _commit(self, arguments: bytes) -> int:
        if arguments:
            return BAD_ARGUMENT
        whole = len(self.image) == self.size and hashlib.sha256(self.image).digest() == self.sha256
        self.sha256 = b""
        return OK if whole else BAD_IMAGE
