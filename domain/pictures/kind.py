"""What kind of picture it is, by its first bytes."""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = "application/octet-stream"
"""What is none of the kinds that can be told here."""


def media_type(picture: bytes) -> str:
    """Return the media type of an encoded picture: JPEG, PNG, WebP, or UNKNOWN."""
    if picture.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "image/webp"
    return UNKNOWN
