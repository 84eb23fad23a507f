"""Pictures that tests draw, and the files they are put into, with and without an EXIF orientation."""

import struct
import zlib

import cv2
import numpy as np

GROUND = (205, 215, 220)
RED, BLUE, GREEN = (20, 20, 230), (230, 30, 20), (30, 200, 30)


def ground(width=384, height=512, colour=GROUND):
    return np.full((height, width, 3), colour, np.uint8)


def with_block(picture, box, colour):
    """The picture with a filled block; box is x0, y0, x1, y1, the last two exclusive."""
    x0, y0, x1, y1 = box
    drawn = picture.copy()
    drawn[y0:y1, x0:x1] = colour
    return drawn


def encoded(picture, suffix=".png", quality=95):
    made, data = cv2.imencode(suffix, picture, [cv2.IMWRITE_JPEG_QUALITY, quality] if suffix == ".jpg" else [])
    assert made
    return data.tobytes()


def exif(orientation, order="<"):
    """A TIFF block with nothing but the orientation in it."""
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(order + "HIHHHIHHI", 42, 8, 1, 274, 3, 1, orientation, 0, 0)


def jpeg_with_exif(data, block):
    body = b"Exif\x00\x00" + block
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def png_chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with_exif(data, block):
    after_header = 8 + 25
    return data[:after_header] + png_chunk(b"eXIf", block) + data[after_header:]


def webp_with_exif(data, block, width, height):
    picture = data[12:]
    extended = b"VP8X" + struct.pack("<I", 10) + b"\x08\x00\x00\x00"
    extended += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    block += b"\x00" * (len(block) & 1)
    parts = extended + picture + b"EXIF" + struct.pack("<I", len(block)) + block
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WEBP" + parts


def tiff(picture, orientation=1):
    """An uncompressed RGB TIFF, written by hand so that it can carry an orientation."""
    height, width = picture.shape[:2]
    rows = picture[:, :, ::-1].tobytes()
    bits_at, directory_at = 8 + len(rows), 8 + len(rows) + 6
    tags = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, bits_at), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8),
        (274, 3, 1, orientation), (277, 3, 1, 3), (278, 4, 1, height), (279, 4, 1, len(rows)), (284, 3, 1, 1),
    ]  # fmt: skip
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return b"II*\x00" + struct.pack("<I", directory_at) + rows + struct.pack("<HHH", 8, 8, 8) + directory


def stored_for(upright, orientation):
    """Turn an upright picture the way a camera stores it when it notes this orientation."""
    undo = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: p.transpose(1, 0, 2)[::-1],
        7: lambda p: p.transpose(1, 0, 2)[::-1, ::-1],
        8: lambda p: p.transpose(1, 0, 2)[:, ::-1],
    }
    return np.ascontiguousarray(undo[orientation](upright))
