"""Frames on the line: 00, stuffed body, 00. A body is kind, session, sequence, payload and a CRC-32 over all of them.

What does not check out is dropped without a word, and counted: the sender asks again.
"""

from __future__ import annotations

import enum
import struct
import zlib

from attrs import define, field, frozen

from adapters.serial_link.cobs import NotStuffed, stuff, unstuff

HEADER = struct.Struct("<BIH")
CHECK = struct.Struct("<I")
MOST_PAYLOAD = 64
MOST_STUFFED = HEADER.size + MOST_PAYLOAD + CHECK.size + 1
"""Bytes of a stuffed body; anything longer is noise."""


class Kind(enum.IntEnum):
    """What a frame is."""

    HELLO = 0x01
    COMMAND = 0x02
    WELCOME = 0x81
    ANSWER = 0x82


class BadFrame(ValueError):
    """These bytes are no frame; the message says why."""


@frozen
class Frame:
    """One frame. `session` is 0 to 2**32 - 1, `sequence` 0 to 65535."""

    kind: Kind
    session: int
    sequence: int
    payload: bytes = b""


def on_the_line(frame: Frame) -> bytes:
    """Return the bytes to send. Raises ValueError for a payload of more than 64 bytes."""
    if len(frame.payload) > MOST_PAYLOAD:
        raise ValueError(f"a payload has at most {MOST_PAYLOAD} bytes, this one {len(frame.payload)}")
    body = HEADER.pack(frame.kind, frame.session, frame.sequence) + frame.payload
    return b"\0" + stuff(body + CHECK.pack(zlib.crc32(body))) + b"\0"


def frame_of(stuffed: bytes) -> Frame:
    """Read what stood between two zeros. Raises BadFrame."""
    if len(stuffed) > MOST_STUFFED:
        raise BadFrame(f"{len(stuffed)} bytes are more than a frame has")
    try:
        body = unstuff(stuffed)
    except NotStuffed as odd:
        raise BadFrame(str(odd)) from odd
    if len(body) < HEADER.size + CHECK.size:
        raise BadFrame(f"{len(body)} bytes are less than a frame has")
    told = body[: -CHECK.size]
    if CHECK.unpack(body[-CHECK.size :])[0] != zlib.crc32(told):
        raise BadFrame("the CRC does not fit")
    kind, session, sequence = HEADER.unpack_from(told)
    try:
        return Frame(Kind(kind), session, sequence, told[HEADER.size :])
    except ValueError:
        raise BadFrame(f"there is no kind {kind:#04x}") from None


@define
class FrameReader:
    """Cuts what comes in into frames. `dropped` counts what was none."""

    dropped: int = 0
    _open: bytearray = field(factory=bytearray)

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that `data` completes, in order."""
        frames = []
        *ended, rest = data.split(b"\0")
        for part in ended:
            self._grow(part)
            if self._open:
                try:
                    frames.append(frame_of(bytes(self._open)))
                except BadFrame:
                    self.dropped += 1
                self._open.clear()
        self._grow(rest)
        return frames

    def _grow(self, part: bytes) -> None:
        # One byte too many is kept, so that what is too long is seen to be.
        self._open += part[: MOST_STUFFED + 1 - len(self._open)]
