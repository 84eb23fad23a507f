"""Let a machine send the picture of an item that it recorded, past the API: by ticket."""

from __future__ import annotations

from attrs import frozen

from application.platform.picture_place import TICKET_SECONDS, incoming, journalled_hash, place_of
from application.ports.objects import NoSuchObject, Objects, Upload
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.fleet.machine import Machine


@frozen
class OfferPicture:
    """Lets a machine send the picture of an item that it recorded."""

    unit_of_work: UnitOfWorkFactory
    objects: Objects

    def __call__(self, machine: Machine, item: str, size: int, media_type: str) -> Upload | None:
        """Return a ticket, or None when the picture is kept already. Raises UnknownPicture, TooLarge, WrongType."""
        place = place_of(machine, item)
        journalled_hash(self.unit_of_work, machine, item)
        try:
            self.objects.head(place)
        except NoSuchObject:
            return self.objects.offer_upload(incoming(place), size, media_type, TICKET_SECONDS)
        return None
