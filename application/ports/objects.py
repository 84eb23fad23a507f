"""The object store: bytes too large for a database, by bucket and key.

Laws, for every adapter:

- An object is there whole, with the hash that was announced, or it is not there. What fails half-way leaves nothing.
- Putting again under a name replaces the object at one moment: a reader has all of the old one or all of the new one.
- What was put is there after a power cut.
- A ticket lets one request in, for one object, of one size and type, until it expires. Nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from attrs import frozen

from domain.objects.content import Content, ContentDiffers, Tally
from domain.objects.name import Bucket, ObjectName

FILE_FIELD = "file"
"""The form field of an upload that holds the bytes. It comes last."""


class ObjectsFailed(Exception):
    """The store could not do it. Nothing was changed, or nobody knows: do it again."""


class ObjectsAway(ObjectsFailed):
    """The store does not answer, or not in time."""


class NoSuchObject(Exception):
    """Nothing is stored under this name."""


class ObjectDamaged(ObjectsFailed):
    """What is stored there is not what was put there."""


class TicketRefused(Exception):
    """The ticket is expired, changed, or for something else."""


class Readable(Protocol):
    """Something to read bytes from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


@frozen
class Stored:
    """An object as it is kept."""

    name: ObjectName
    size: int
    media_type: str
    sha256: str | None
    """None for an upload by ticket: nobody has checked it."""
    at: int
    """When it was put there, microseconds UTC, to the second at least."""


@frozen
class Listed:
    """An object as a list names it."""

    name: ObjectName
    size: int
    at: int


@frozen
class Upload:
    """A ticket to put an object: a form (multipart/form-data) to be posted to `url`, with the bytes in `file`."""

    url: str
    """Absolute, or a path on the platform that gave the ticket."""
    fields: Mapping[str, str]
    """The form's other fields, to be sent before the bytes as they are."""
    expires_at: int
    """Microseconds UTC."""


@frozen
class Download:
    """A ticket to get an object, by GET."""

    url: str
    expires_at: int


class Body(Readable, Protocol):
    """The bytes of an object."""

    stored: Stored


class Objects(Protocol):
    """Keeps objects. Every method raises ObjectsFailed; ObjectsAway when the store does not answer."""

    def put(self, name: ObjectName, content: Content, body: bytes | Readable) -> Stored:
        """Keep what `body` gives, if it is what `content` says; it replaces what was there.

        Raises ContentDiffers, TooLarge, WrongType, and whatever `body.read` raises: then nothing has changed.
        """

    def head(self, name: ObjectName) -> Stored:
        """Return what is known of an object. Raises NoSuchObject."""

    def get(self, name: ObjectName, first: int = 0, size: int | None = None) -> AbstractContextManager[Body]:
        """Open an object, from its byte `first` on, `size` bytes at most. Raises NoSuchObject.

        Read to the end as a whole, its hash is checked: `read` raises ObjectDamaged.
        """

    def list(self, bucket: Bucket, prefix: str = "") -> Iterator[Listed]:
        """Return the objects whose key begins so, in an order of the store's. Raises UnfitKey."""

    def delete(self, name: ObjectName) -> None:
        """Remove an object, if it is there."""

    def offer_upload(self, name: ObjectName, size: int, media_type: str, seconds: int) -> Upload:
        """Return a ticket to put exactly `size` bytes of one type. Raises TooLarge, WrongType."""

    def offer_download(self, name: ObjectName, seconds: int) -> Download:
        """Return a ticket to get an object (which may not be there: then it gets nothing)."""

    def sweep(self, before: int) -> int:
        """Remove what uploads that broke off before then (microseconds UTC) left where nobody sees it. Count them."""

    def check(self) -> None:
        """Say nothing if the store answers. Raises ObjectsFailed."""


class ServedObjects(Protocol):
    """The other side of tickets, where the platform serves its objects itself."""

    def receive(self, bucket: str, key: str, fields: Mapping[str, str], body: Readable) -> Stored:
        """Keep an upload. Raises TicketRefused, ContentDiffers (not the size that the ticket says)."""

    def give(self, bucket: str, key: str, fields: Mapping[str, str]) -> AbstractContextManager[Body]:
        """Open what a ticket names. Raises TicketRefused, NoSuchObject."""


class Checked:
    """Hands bytes through, and refuses at the end if they were not what was announced.

    The last byte is handed over only with all of them checked, so whoever reads `content.size` bytes has the check.
    """

    def __init__(self, body: Readable, content: Content) -> None:
        """Take what is read and what it should be."""
        self._body = body
        self._content = content
        self._tally = Tally(content)
        self._closed = False

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes. Raises ContentDiffers."""
        piece = self._body.read(size) if not self._closed else b""
        self._tally.add(piece)
        if not self._closed and (not piece or self._tally.size == self._content.size):
            if piece and self._body.read(1):
                raise ContentDiffers(f"more than the {self._content.size} bytes that were announced")
            self._tally.close()
            self._closed = True
        return piece
