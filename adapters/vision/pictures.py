"""From a file's bytes to an upright frame, or to one clear error."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import cv2
import numpy as np

from adapters.vision.frame import PictureFrame, Pixels
from adapters.vision.headers import Header, read_header
from application.ports.vision import BrokenPicture

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes."""
MOST_PIXELS = 100_000_000
DETAIL = 640
"""Pixels of the longer side that are enough for the models and more than they were taught with."""
SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})

_REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
_TURNS = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_CLOCKWISE, 8: cv2.ROTATE_90_COUNTERCLOCKWISE}
_FLIPS = {2: 1, 4: 0}

# The decoders' complaints would go to standard error beside the error that is raised for them.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def read_picture(path: Path, *, detail: int | None = DETAIL) -> PictureFrame:
    """Read a file. Raises BrokenPicture: what `decode` raises it for, and files that are missing or cannot be read."""
    try:
        kept = path.stat()
        if not stat.S_ISREG(kept.st_mode):
            raise BrokenPicture("this is no file")
        if kept.st_size > LARGEST_FILE:
            raise BrokenPicture(f"the file is {kept.st_size:,} bytes; at most {LARGEST_FILE:,} are read")
        data = path.read_bytes()
    except FileNotFoundError as missing:
        raise BrokenPicture("there is no such file") from missing
    except (OSError, ValueError) as broken:
        raise BrokenPicture(f"the file cannot be read: {getattr(broken, 'strerror', None) or broken}") from broken
    return decode(data, detail=detail)


def decode(data: bytes, *, detail: int | None = DETAIL) -> PictureFrame:
    """Decode a picture, turned upright by its EXIF orientation.

    Args:
        data: the encoded picture: JPEG, PNG, WebP, BMP, GIF or TIFF.
        detail: keep at least so many pixels of the longer side (a picture that has more than twice that is decoded
            smaller); None keeps all, as reading small codes wants it.

    Raises:
        BrokenPicture: empty, too large, of an unknown kind, cut off, or damaged. Size is judged before decoding.
    """
    if len(data) > LARGEST_FILE:
        raise BrokenPicture(f"the picture is {len(data):,} bytes; at most {LARGEST_FILE:,} are read")
    header = read_header(data)
    if header.width * header.height > MOST_PIXELS:
        raise BrokenPicture(
            f"the picture is {header.width:,} x {header.height:,} pixels; at most {MOST_PIXELS:,} are read"
        )
    pixels = _upright(_decoded(data, header, detail), header.orientation)
    swapped = header.orientation > 4
    width, height = (header.height, header.width) if swapped else (header.width, header.height)
    return PictureFrame(pixels, width, height, hashlib.sha256(data).hexdigest(), encoded=data)


def _decoded(data: bytes, header: Header, detail: int | None) -> Pixels:
    longer = max(header.width, header.height)
    smaller = 1 if detail is None else max((by for by in _REDUCED if longer >= by * detail), default=1)
    # only JPEG decodes to a smaller size by itself; the others would be thinned out, not averaged
    in_decoder = smaller if header.kind == "JPEG" else 1
    how = _REDUCED.get(in_decoder, cv2.IMREAD_COLOR) | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    except cv2.error as broken:
        raise BrokenPicture(f"this {header.kind} is damaged: {broken.err}") from broken
    if pixels is None:
        raise BrokenPicture(f"this {header.kind} is damaged or cut off")
    if pixels.shape[:2] != (-(-header.height // in_decoder), -(-header.width // in_decoder)):
        raise BrokenPicture(f"this {header.kind} is not of the size it says it is")
    if smaller > in_decoder:
        size = (max(1, header.width // smaller), max(1, header.height // smaller))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(pixels)


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo how the camera was held (EXIF orientation 1..8)."""
    if orientation in _TURNS:
        return np.asarray(cv2.rotate(pixels, _TURNS[orientation]), np.uint8)
    if orientation in _FLIPS:
        return np.asarray(cv2.flip(pixels, _FLIPS[orientation]), np.uint8)
    if orientation in {5, 7}:
        transposed = cv2.transpose(pixels)
        return np.asarray(transposed if orientation == 5 else cv2.rotate(transposed, cv2.ROTATE_180), np.uint8)
    return pixels
