"""What an object holds: how much, of what type, and the hash that says so; and the check of bytes against it."""

from __future__ import annotations

import hashlib
import re

from attrs import field, frozen
from attrs.validators import ge, instance_of, matches_re

from domain.objects.name import UnfitObject

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")


class ContentDiffers(UnfitObject):
    """The bytes are not those that were announced: another hash, too few, or too many."""


@frozen
class Content:
    """The bytes of an object, described before they come."""

    size: int = field(validator=[instance_of(int), ge(0)])
    """Bytes."""
    sha256: str = field(validator=matches_re(r"[0-9a-f]{64}"))
    media_type: str = field(validator=matches_re(_MEDIA_TYPE))

    @classmethod
    def of(cls, body: bytes, media_type: str) -> Content:
        """Describe bytes that are at hand."""
        return cls(len(body), hashlib.sha256(body).hexdigest(), media_type)


class Tally:
    """Counts and hashes bytes as they pass."""

    def __init__(self, content: Content) -> None:
        """Begin with nothing."""
        self._content = content
        self._hash = hashlib.sha256()
        self.size = 0

    def add(self, piece: bytes) -> None:
        """Take the next bytes. Raises ContentDiffers when they are too many."""
        self.size += len(piece)
        if self.size > self._content.size:
            raise ContentDiffers(f"more than the {self._content.size} bytes that were announced")
        self._hash.update(piece)

    def close(self) -> None:
        """Say that this was all. Raises ContentDiffers."""
        if self.size != self._content.size:
            raise ContentDiffers(f"{self.size} bytes where {self._content.size} were announced")
        if self._hash.hexdigest() != self._content.sha256:
            raise ContentDiffers("the bytes have another hash than announced")
