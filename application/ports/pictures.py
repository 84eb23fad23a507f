"""The pictures of items on a machine: where they are kept, and the way by which they reach the platform.

Laws of the store, for every adapter:

- A picture is there whole, with the hash that names it, or it is not there. What fails half-way leaves nothing.
- The same again changes nothing, and takes no more room.
- What was kept is there after a power cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from attrs import frozen

from application.ports.uplink import UplinkError
from domain.pictures.retention import KeptPicture


class PictureError(Exception):
    """The store could not do it; the message names what and why."""


class PictureNotKept(PictureError):
    """There is no room for it, the disk failed, or its hash is another one. Nothing was changed."""


class NoSuchPicture(PictureError):
    """It is not kept here."""


class PictureDamaged(PictureError):
    """What is kept under this hash is not what was put there."""


class PictureStore(Protocol):
    """Keeps encoded pictures by their SHA-256 (64 hexadecimal digits). Safe to call from any thread."""

    def keep(self, sha256: str, picture: bytes) -> None:
        """Keep a picture, whole and durably. Raises PictureNotKept."""

    def read(self, sha256: str) -> bytes:
        """Return a picture. Raises NoSuchPicture, PictureDamaged."""

    def holds(self, sha256: str) -> bool:
        """Tell whether a picture is kept, without reading it."""

    def taken(self) -> int:
        """Return the bytes that all pictures take together. Raises PictureError."""

    def kept(self) -> tuple[KeptPicture, ...]:
        """Return what is kept, the oldest first. Raises PictureError."""

    def drop(self, sha256: str) -> None:
        """Let a picture go, if it is there. Raises PictureError."""


class PictureUnwanted(UplinkError):
    """The platform takes no such picture: trying again is no use."""


class PictureNotTaken(UplinkError):
    """The platform answered, and could not take it this time.

    The item is not recorded (yet), the ticket is over, nothing came by it, or what came is another picture.
    """


@frozen
class Ticket:
    """Where to bring a picture: a form (multipart/form-data) to be posted, these fields first, then the bytes."""

    url: str
    """Absolute, or a path on the platform."""
    fields: Mapping[str, str]


class PictureUplink(Protocol):
    """One machine's way to bring pictures. Each call raises Unreachable, Refused, and what it names.

    A picture goes past the platform's API: a ticket says where to, then the platform is told to look.
    """

    def offer(self, item: str, size: int, media_type: str) -> Ticket | None:
        """Ask for a ticket; None: the platform has the picture. Raises PictureUnwanted, PictureNotTaken."""

    def upload(self, ticket: Ticket, picture: bytes) -> None:
        """Bring the bytes where the ticket says. Raises PictureNotTaken."""

    def sent(self, item: str) -> None:
        """Say that they are there: the platform keeps what has the journal's hash. Raises PictureNotTaken."""
