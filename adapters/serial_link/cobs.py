"""Consistent Overhead Byte Stuffing: any bytes become bytes without a zero, so that a zero can end a frame."""

from __future__ import annotations

LONGEST_RUN = 254
"""Bytes without a zero that one code byte can announce."""


class NotStuffed(ValueError):
    """These bytes were not made by `stuff`."""


def stuff(plain: bytes) -> bytes:
    """Return `plain` without zeros: each zero gives way to the distance to the next."""
    stuffed = bytearray()
    for run in plain.split(b"\0"):
        rest = run
        while len(rest) >= LONGEST_RUN:
            stuffed.append(LONGEST_RUN + 1)
            stuffed += rest[:LONGEST_RUN]
            rest = rest[LONGEST_RUN:]
        stuffed.append(len(rest) + 1)
        stuffed += rest
    return bytes(stuffed)


def unstuff(stuffed: bytes) -> bytes:
    """Return what `stuff` was given. Raises NotStuffed."""
    if not stuffed or 0 in stuffed:
        raise NotStuffed("stuffed bytes are some, and none of them is zero")
    plain = bytearray()
    place = 0
    while place < len(stuffed):
        code = stuffed[place]
        run = stuffed[place + 1 : place + code]
        if len(run) != code - 1:
            raise NotStuffed(f"a run of {code - 1} bytes is announced and {len(run)} follow")
        plain += run
        place += code
        if code <= LONGEST_RUN and place < len(stuffed):
            plain.append(0)
    return bytes(plain)
