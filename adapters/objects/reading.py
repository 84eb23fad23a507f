"""A body that is checked while it is read: whole objects by their hash."""

from __future__ import annotations

from application.ports.objects import Checked, ObjectDamaged, Readable, Stored
from domain.objects.content import Content, ContentDiffers


class CheckedBody:
    """The whole of an object whose hash is known."""

    def __init__(self, stored: Stored, source: Readable) -> None:
        """Take what it should be and where it is read."""
        assert stored.sha256 is not None
        self.stored = stored
        self._source = Checked(source, Content(stored.size, stored.sha256, stored.media_type))

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes. Raises ObjectDamaged."""
        try:
            return self._source.read(size)
        except ContentDiffers as damaged:
            raise ObjectDamaged(f"{self.stored.name}: {damaged}") from damaged


class PartBody:
    """A part of an object, or an upload that nobody has checked."""

    def __init__(self, stored: Stored, source: Readable, size: int) -> None:
        """Take what it belongs to, where it is read, and how many bytes there are at most."""
        self.stored = stored
        self._source = source
        self._left = size

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes."""
        piece = self._source.read(min(size, self._left))
        self._left -= len(piece)
        return piece
