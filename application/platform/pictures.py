"""The picture of an item: its machine sends it to the object store, the platform checks it, people look at it.

The journal's entry is the truth: a picture counts only if its hash is the one that the machine journalled when it
decided. So a machine cannot send another one later, and nobody else can send one at all.
"""

from __future__ import annotations

from attrs import frozen

from application.platform.errors import NotFound
from application.ports.identity import Caller
from application.ports.objects import Download, NoSuchObject, Objects, Stored, Upload
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.visit import Item
from domain.fleet.machine import Machine
from domain.objects.content import Content, ContentDiffers
from domain.objects.name import INCOMING, Bucket, ObjectName
from domain.people.role import Role

TICKET_SECONDS = 300
"""How long a ticket for a picture counts."""


class UnknownPicture(NotFound):
    """No such item, no picture of it, or it is somebody else's."""


@frozen
class OfferPicture:
    """Lets a machine send the picture of an item that it recorded."""

    unit_of_work: UnitOfWorkFactory
    objects: Objects

    def __call__(self, machine: Machine, item: str, size: int, media_type: str) -> Upload | None:
        """Return a ticket, or None when the picture is kept already. Raises UnknownPicture, TooLarge, WrongType."""
        place = ObjectName(Bucket.IMAGES, _key(machine, item))
        _hash_of(self.unit_of_work, machine, item)
        try:
            self.objects.head(place)
        except NoSuchObject:
            return self.objects.offer_upload(_incoming(place), size, media_type, TICKET_SECONDS)
        return None


@frozen
class KeepPicture:
    """Checks the picture that a machine has sent, and keeps it."""

    unit_of_work: UnitOfWorkFactory
    objects: Objects

    def __call__(self, machine: Machine, item: str) -> Stored:
        """Keep it, once. Raises UnknownPicture (nothing was sent), ContentDiffers (it is another one, and is gone)."""
        place = ObjectName(Bucket.IMAGES, _key(machine, item))
        sha256 = _hash_of(self.unit_of_work, machine, item)
        try:
            return self.objects.head(place)
        except NoSuchObject:
            pass
        incoming = _incoming(place)
        try:
            # Read and put rather than copied: what is kept is what was checked, whoever sends again meanwhile.
            with self.objects.get(incoming) as body:
                content = Content(body.stored.size, sha256, body.stored.media_type)
                kept = self.objects.put(place, content, body)
        except NoSuchObject:
            raise UnknownPicture(f"no picture of item {item} was sent") from None
        except ContentDiffers:
            self.objects.delete(incoming)
            raise
        self.objects.delete(incoming)
        return kept


@frozen
class ShowPicture:
    """Lets a person look at the picture of what they brought, and an operator at all of the organisation's."""

    unit_of_work: UnitOfWorkFactory
    objects: Objects

    def __call__(self, caller: Caller, machine: str, item: str) -> Download:
        """Return a ticket. Raises UnknownPicture."""
        with self.unit_of_work(read_only=True) as work:
            stands = work.machines.get(machine)
            found = work.record.items(machine, [item]).get(item)
            visit = work.record.visits(machine, [found.visit]).get(found.visit) if found else None
        if stands is None or found is None or visit is None or stands.organisation != caller.organisation:
            raise UnknownPicture(f"there is no picture of item {item}")
        if caller.role is not Role.OPERATOR and visit.person != caller.person:
            raise UnknownPicture(f"there is no picture of item {item}")
        place = ObjectName(Bucket.IMAGES, _key(stands, item))
        try:
            self.objects.head(place)
        except NoSuchObject:
            raise UnknownPicture(f"there is no picture of item {item}") from None
        return self.objects.offer_download(place, TICKET_SECONDS)


def _key(machine: Machine, item: str) -> str:
    return f"deposits/{machine.organisation}/{machine.id}/{item}"


def _incoming(place: ObjectName) -> ObjectName:
    return ObjectName(place.bucket, INCOMING + place.key)


def _hash_of(unit_of_work: UnitOfWorkFactory, machine: Machine, item: str) -> str:
    """Return the hash that the machine journalled. Raises UnknownPicture."""
    with unit_of_work(read_only=True) as work:
        found: Item | None = work.record.items(machine.id, [item]).get(item)
    picture = found.decided.picture if found else None
    if picture is None:
        raise UnknownPicture(f"item {item} is not recorded, or has no picture")
    return picture.sha256
