"""Pictures of a simulated machine: a store in memory, and the way to a simulated platform.

Both refuse what the real ones refuse. What they can do besides is go wrong: be full, be out of reach, lose answers.
"""

from __future__ import annotations

import hashlib

from attrs import define, field

from application.ports.pictures import (
    NoSuchPicture,
    PictureDamaged,
    PictureNotKept,
    PictureNotTaken,
    PictureUnwanted,
    Ticket,
)
from application.ports.uplink import Refused, Unreachable
from domain.deposits.bodies import ItemDecided, body_of
from domain.objects.name import Bucket, UnfitObject
from domain.objects.policy import admit
from domain.pictures.retention import KeptPicture
from simulators.uplink import MachineRecord

_DIGITS = frozenset("0123456789abcdef")


@define
class SimulatedPictureDisk:
    """What lasts: it outlives every store that is opened on it."""

    pictures: dict[str, bytes] = field(factory=dict)
    """By hash, the oldest first."""
    room: int | None = None
    """Bytes that still fit; None: it never fills up."""


class SimulatedPictures:
    """One opening of a picture store."""

    def __init__(self, disk: SimulatedPictureDisk) -> None:
        """Open the disk."""
        self._disk = disk

    def keep(self, sha256: str, picture: bytes) -> None:
        """Keep a picture. Raises PictureNotKept."""
        if hashlib.sha256(picture).hexdigest() != sha256:
            raise PictureNotKept(f"{len(picture)} bytes are not the picture {sha256[:12]}")
        if sha256 in self._disk.pictures:
            return
        if self._disk.room is not None:
            if len(picture) > self._disk.room:
                raise PictureNotKept(f"{sha256[:12]}: the disk is full")
            self._disk.room -= len(picture)
        self._disk.pictures[sha256] = picture

    def read(self, sha256: str) -> bytes:
        """Return a picture. Raises NoSuchPicture, PictureDamaged."""
        try:
            picture = self._disk.pictures[_named(sha256)]
        except KeyError:
            raise NoSuchPicture(f"{sha256[:12]} is not kept here") from None
        if hashlib.sha256(picture).hexdigest() != sha256:
            raise PictureDamaged(f"{sha256[:12]}: its bytes are others")
        return picture

    def holds(self, sha256: str) -> bool:
        """Tell whether a picture is kept."""
        return sha256 in self._disk.pictures

    def taken(self) -> int:
        """Return the bytes that all pictures take together."""
        return sum(map(len, self._disk.pictures.values()))

    def kept(self) -> tuple[KeptPicture, ...]:
        """Return what is kept, the oldest first."""
        held = self._disk.pictures.items()
        return tuple(KeptPicture(name, len(one), at) for at, (name, one) in enumerate(held))

    def drop(self, sha256: str) -> None:
        """Let a picture go, if it is there."""
        gone = self._disk.pictures.pop(_named(sha256), None)
        if gone is not None and self._disk.room is not None:
            self._disk.room += len(gone)


def _named(sha256: str) -> str:
    if len(sha256) != 64 or not set(sha256) <= _DIGITS:
        raise NoSuchPicture(f"{sha256[:80]!r} is no SHA-256")
    return sha256


@define(eq=False, slots=False)
class SimulatedPictureUplink:
    """One machine's way to bring pictures to a simulated platform, which knows the entries of `record`."""

    record: MachineRecord
    kept: dict[str, bytes] = field(factory=dict)
    """By item."""
    incoming: dict[str, bytes] = field(factory=dict)
    reachable: bool = True
    known: bool = True
    """Whether the platform knows the machine's key."""
    lost_answers: int = 0
    asked: int = 0
    uploads: int = 0

    def offer(self, item: str, size: int, media_type: str) -> Ticket | None:
        """Ask for a ticket; None: the platform has the picture. Raises PictureUnwanted, PictureNotTaken."""
        self._reach()
        self.asked += 1
        self._journalled(item)
        try:
            admit(Bucket.IMAGES, size, media_type)
        except UnfitObject as unfit:
            raise PictureUnwanted(str(unfit)) from unfit
        self._come_back()
        return None if item in self.kept else Ticket(item, {"size": str(size)})

    def upload(self, ticket: Ticket, picture: bytes) -> None:
        """Bring the bytes where the ticket says. Raises PictureNotTaken."""
        self._reach()
        if str(len(picture)) != ticket.fields["size"]:
            raise PictureNotTaken("the ticket is for another size")
        self.uploads += 1
        self.incoming[ticket.url] = picture
        self._come_back()

    def sent(self, item: str) -> None:
        """Say that they are there. Raises PictureNotTaken."""
        self._reach()
        sha256 = self._journalled(item)
        if item not in self.kept:
            picture = self.incoming.pop(item, None)
            if picture is None or hashlib.sha256(picture).hexdigest() != sha256:
                raise PictureNotTaken(f"no picture of item {item} came, or another one")
            self.kept[item] = picture
        self._come_back()

    def _journalled(self, item: str) -> str:
        for entry in self.record.entries:
            body = body_of(entry) if entry.id == item else None
            if isinstance(body, ItemDecided) and body.picture is not None:
                return body.picture.sha256
        raise PictureNotTaken(f"item {item} is not recorded, or has no picture")

    def _reach(self) -> None:
        if not self.reachable:
            raise Unreachable("the simulated network is down")
        if not self.known:
            raise Refused("the machine's key is not known")

    def _come_back(self) -> None:
        if self.lost_answers:
            self.lost_answers -= 1
            raise Unreachable("the answer got lost")
