"""The device's side of the line, byte by byte, as a small processor does it: unstuff while receiving, then check."""

from __future__ import annotations

from collections.abc import Iterator

POLYNOMIAL = 0xEDB88320
LONGEST_BODY = 75
SHORTEST_BODY = 11


def _remainder(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
    return byte


REMAINDERS = tuple(_remainder(byte) for byte in range(256))


def checksum(data: bytes) -> int:
    """Return the CRC-32 of IEEE 802.3."""
    register = 0xFFFFFFFF
    for byte in data:
        register = register >> 8 ^ REMAINDERS[(register ^ byte) & 0xFF]
    return register ^ 0xFFFFFFFF


def wrap(body: bytes) -> bytes:
    """Return a body of at most 75 bytes, without its checksum, as it goes on the line."""
    out = bytearray(b"\0\0")
    code_at = 1
    for byte in body + checksum(body).to_bytes(4, "little"):
        if byte:
            out.append(byte)
        else:
            out[code_at] = len(out) - code_at
            code_at = len(out)
            out.append(0)
    out[code_at] = len(out) - code_at
    out.append(0)
    return bytes(out)


class Receiver:
    """Takes bytes one by one; gives bodies that check out, without their checksum."""

    def __init__(self) -> None:
        """Begin in the middle of nothing."""
        self.rejected = 0
        self._begin()

    def take(self, data: bytes) -> Iterator[bytes]:
        """Yield each body that these bytes complete."""
        for byte in data:
            if byte:
                self._add(byte)
                continue
            if self._any:
                body = self._ended()
                if body is None:
                    self.rejected += 1
                else:
                    yield body
            self._begin()

    def _begin(self) -> None:
        self._body = bytearray()
        self._left = 0
        self._zero_due = False
        self._any = False
        self._spoilt = False

    def _add(self, byte: int) -> None:
        self._any = True
        if self._left:
            self._body.append(byte)
            self._left -= 1
        else:
            if self._zero_due:
                self._body.append(0)
            self._left = byte - 1
            self._zero_due = byte != 0xFF
        if len(self._body) > LONGEST_BODY:
            self._spoilt = True
            self._body.clear()

    def _ended(self) -> bytes | None:
        if self._spoilt or self._left or len(self._body) < SHORTEST_BODY:
            return None
        told, check = bytes(self._body[:-4]), bytes(self._body[-4:])
        return told if checksum(told).to_bytes(4, "little") == check else None
