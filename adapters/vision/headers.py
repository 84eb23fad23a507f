"""What a picture file says of itself before it is decoded: its kind, its size, which way up, and whether it is whole.

A decoder asked first may take gigabytes for a few bytes of file, or paint the lost half grey. The layouts are those
of ITU-T T.81 (JPEG), the PNG specification, RFC 9649 (WebP), BITMAPFILEHEADER (BMP), GIF89a, TIFF 6.0 and CIPA DC-008
(EXIF).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from attrs import frozen

from application.ports.vision import BrokenPicture

UPRIGHT = 1
_MIRRORED = 4
"""Orientations above this one swap width and height."""
KINDS = "JPEG, PNG, WebP, BMP, GIF, TIFF"

_JPEG_SCAN, _JPEG_END = 0xDA, b"\xff\xd9"
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EXIF = b"Exif\x00\x00"
_ORIENTATION, _WIDTH, _HEIGHT = 274, 256, 257
_MOST_TAGS = 4096


@frozen
class Header:
    """The size as it is stored, and the EXIF orientation (1..8) that turns it upright."""

    kind: str
    width: int
    height: int
    orientation: int = UPRIGHT


def read_header(data: bytes) -> Header:
    """Read what a picture says of itself. Raises BrokenPicture: empty, of an unknown kind, cut off, or nonsense."""
    if not data:
        raise BrokenPicture("the file is empty")
    for start, kind, reader in _READERS:
        if data.startswith(start):
            try:
                header = reader(data)
            except (struct.error, IndexError) as cut:
                raise BrokenPicture(f"this {kind} is cut off") from cut
            if header.width < 1 or header.height < 1:
                raise BrokenPicture(f"this {kind} says it is {header.width} x {header.height} pixels")
            return header
    raise BrokenPicture(f"this is no picture of a kind that is known ({KINDS})")


def _jpeg(data: bytes) -> Header:
    size, orientation, at = None, None, 2
    while (marker := data[at + 1]) != _JPEG_SCAN:
        if data[at] != 0xFF:
            raise BrokenPicture("this JPEG is damaged before its picture begins")
        if marker == 0xFF:  # padding
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        body = at + 4
        if marker in _JPEG_SIZES and size is None:
            size = struct.unpack_from(">HH", data, body + 1)
        if marker == 0xE1 and orientation is None and data.startswith(_EXIF, body):
            orientation = _exif_orientation(data[body + len(_EXIF) : at + 2 + length])
        at += 2 + length
    if size is None:
        raise BrokenPicture("this JPEG holds no picture")
    # in coded pictures these two bytes stand for nothing but the end; the decoder would paint what is missing grey
    if data.find(_JPEG_END, at) < 0:
        raise BrokenPicture("this JPEG is cut off: it has no end")
    return Header("JPEG", size[1], size[0], orientation or UPRIGHT)


def _png(data: bytes) -> Header:
    size, orientation, at, name = (0, 0), UPRIGHT, 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (said,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(body, zlib.crc32(name)) != said:
            raise BrokenPicture(f"this PNG is damaged in its {name.decode('latin-1')!r} part")
        if name == b"IHDR":
            size = struct.unpack_from(">II", body)
        elif name == b"eXIf":
            orientation = _exif_orientation(body)
        at += 12 + length
    return Header("PNG", size[0], size[1], orientation)


def _webp(data: bytes) -> Header:
    (length,) = struct.unpack_from("<I", data, 4)
    if data[8:12] != b"WEBP":
        raise BrokenPicture(f"this is no picture of a kind that is known ({KINDS})")
    if len(data) < length + 8:
        raise BrokenPicture("this WebP is cut off")
    size, orientation, at = None, UPRIGHT, 12
    while at + 8 <= length + 8:
        name, part = struct.unpack_from("<4sI", data, at)
        body = at + 8
        if name == b"VP8X":
            size = tuple(1 + int.from_bytes(data[body + i : body + i + 3], "little") for i in (4, 7))
        elif name == b"VP8 " and size is None:
            size = tuple(side & 0x3FFF for side in struct.unpack_from("<HH", data, body + 6))
        elif name == b"VP8L" and size is None:
            (bits,) = struct.unpack_from("<I", data, body + 1)
            size = (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
        elif name == b"EXIF":
            orientation = _exif_orientation(data[body : body + part].removeprefix(_EXIF))
        at = body + part + (part & 1)
    if size is None:
        raise BrokenPicture("this WebP holds no picture")
    return Header("WebP", size[0], size[1], orientation)


def _bmp(data: bytes) -> Header:
    length, width, height = struct.unpack_from("<I12xii", data, 2)
    if len(data) < length:
        raise BrokenPicture("this BMP is cut off")
    return Header("BMP", width, abs(height))


def _gif(data: bytes) -> Header:
    width, height = struct.unpack_from("<HH", data, 6)
    return Header("GIF", width, height)


def _tiff(data: bytes) -> Header:
    tags = _tiff_tags(data)
    if _WIDTH not in tags or _HEIGHT not in tags:
        raise BrokenPicture("this TIFF does not say how large it is")
    width, height = tags[_WIDTH], tags[_HEIGHT]
    # OpenCV's decoder always turns a TIFF upright itself
    return Header("TIFF", *((height, width) if _sane(tags.get(_ORIENTATION)) > _MIRRORED else (width, height)))


def _exif_orientation(block: bytes) -> int:
    """Return the orientation an EXIF block names. A damaged block says nothing: cameras write all sorts."""
    try:
        return _sane(_tiff_tags(block).get(_ORIENTATION))
    except (struct.error, BrokenPicture):
        return UPRIGHT


def _sane(orientation: int | None) -> int:
    return orientation if orientation is not None and 1 <= orientation <= 8 else UPRIGHT


def _tiff_tags(block: bytes) -> dict[int, int]:
    """Return the whole-number tags of the first directory."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or struct.unpack_from(order + "H", block, 2) != (42,):
        raise BrokenPicture("this TIFF is damaged")
    (at,) = struct.unpack_from(order + "I", block, 4)
    (count,) = struct.unpack_from(order + "H", block, at)
    tags: dict[int, int] = {}
    for number in range(min(count, _MOST_TAGS)):
        tag, sort = struct.unpack_from(order + "HH", block, at + 2 + 12 * number)
        if sort in {3, 4}:  # SHORT, LONG; one value stands in the entry itself, at its start
            (tags[tag],) = struct.unpack_from(order + ("H" if sort == 3 else "I"), block, at + 10 + 12 * number)
    return tags


_READERS: tuple[tuple[bytes, str, Callable[[bytes], Header]], ...] = (
    (b"\xff\xd8", "JPEG", _jpeg),
    (b"\x89PNG\r\n\x1a\n", "PNG", _png),
    (b"RIFF", "WebP", _webp),
    (b"BM", "BMP", _bmp),
    (b"GIF87a", "GIF", _gif),
    (b"GIF89a", "GIF", _gif),
    (b"II*\x00", "TIFF", _tiff),
    (b"MM\x00*", "TIFF", _tiff),
)
