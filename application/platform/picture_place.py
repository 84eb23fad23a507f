"""Where the picture of an item lies in the object store, and the hash that the journal gives it."""

from __future__ import annotations

from application.platform.again import again
from application.platform.errors import NotFound
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.visit import Item
from domain.fleet.machine import Machine
from domain.objects.name import INCOMING, Bucket, ObjectName

TICKET_SECONDS = 300
"""How long a ticket for a picture counts."""


class UnknownPicture(NotFound):
    """No such item, no picture of it, or it is somebody else's."""


def place_of(machine: Machine, item: str) -> ObjectName:
    """Return where the picture of a machine's item is kept."""
    return ObjectName(Bucket.IMAGES, f"deposits/{machine.organisation}/{machine.id}/{item}")


def incoming(place: ObjectName) -> ObjectName:
    """Return where it lies until it was checked."""
    return ObjectName(place.bucket, INCOMING + place.key)


@again
def journalled_hash(unit_of_work: UnitOfWorkFactory, machine: Machine, item: str) -> str:
    """Return the hash that the machine journalled when it decided. Raises UnknownPicture."""
    with unit_of_work(read_only=True) as work:
        found: Item | None = work.record.items(machine.id, [item]).get(item)
    picture = found.decided.picture if found else None
    if picture is None:
        raise UnknownPicture(f"item {item} is not recorded, or has no picture")
    return picture.sha256
