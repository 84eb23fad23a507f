"""Frames on the line: COBS between zeros, CRC-32 at the end of each body."""

MOST_STUFFED = 76
LEAST_BODY = 11


def _table():
    rows = []
    for number in range(16):
        row = number
        for _ in range(4):
            row = (row >> 1) ^ 0xEDB88320 if row & 1 else row >> 1
        rows.append(row)
    return tuple(rows)


NIBBLES = _table()


def crc32(data):
    """Return the CRC-32 of IEEE 802.3, half a byte at a time: sixteen numbers are all the memory it takes."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 4) ^ NIBBLES[(crc ^ byte) & 15]
        crc = (crc >> 4) ^ NIBBLES[(crc ^ (byte >> 4)) & 15]
    return crc ^ 0xFFFFFFFF


def stuff(plain):
    """Return `plain` (at most 253 bytes without a zero in a row) without zeros."""
    return b"".join(bytes((len(part) + 1,)) + part for part in bytes(plain).split(b"\0"))


def unstuff(stuffed):
    """Return what was stuffed, or None when nothing was."""
    plain = bytearray()
    at = 0
    while at < len(stuffed):
        end = at + stuffed[at]
        if end > len(stuffed):
            return None
        plain += stuffed[at + 1 : end]
        at = end
        if at < len(stuffed):
            plain.append(0)
    return bytes(plain)


def wrap(body):
    """Return a body as it goes on the line."""
    return b"\0" + stuff(bytes(body) + crc32(body).to_bytes(4, "little")) + b"\0"


class Receiver:
    """Cuts what comes in into bodies."""

    def __init__(self):
        self._open = bytearray()

    def take(self, data):
        """Return the bodies that these bytes complete, without their CRC."""
        bodies = []
        for byte in data:
            if byte:
                if len(self._open) <= MOST_STUFFED:
                    self._open.append(byte)
                continue
            body = self._body()
            self._open = bytearray()
            if body is not None:
                bodies.append(body)
        return bodies

    def _body(self):
        if not 0 < len(self._open) <= MOST_STUFFED:
            return None
        body = unstuff(self._open)
        if body is None or len(body) < LEAST_BODY or crc32(body[:-4]).to_bytes(4, "little") != body[-4:]:
            return None
        return body[:-4]
