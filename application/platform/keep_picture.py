"""Check the picture of an item that its machine has sent, and keep it.

The journal's entry is the truth: a picture counts only if its hash is the one that the machine journalled when it
decided. So a machine cannot send another one later, and nobody else can send one at all.
"""

from __future__ import annotations

from attrs import frozen

from application.platform.picture_place import UnknownPicture, incoming, journalled_hash, place_of
from application.ports.objects import NoSuchObject, Objects, Stored
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.fleet.machine import Machine
from domain.objects.content import Content, ContentDiffers


@frozen
class KeepPicture:
    """Checks the picture that a machine has sent, and keeps it."""

    unit_of_work: UnitOfWorkFactory
    objects: Objects

    def __call__(self, machine: Machine, item: str) -> Stored:
        """Keep it, once. Raises UnknownPicture (nothing was sent), ContentDiffers (it is another one, and is gone)."""
        place = place_of(machine, item)
        sha256 = journalled_hash(self.unit_of_work, machine, item)
        try:
            return self.objects.head(place)
        except NoSuchObject:
            pass
        sent = incoming(place)
        try:
            # Read and put rather than copied: what is kept is what was checked, whoever sends again meanwhile.
            with self.objects.get(sent) as body:
                content = Content(body.stored.size, sha256, body.stored.media_type)
                kept = self.objects.put(place, content, body)
        except NoSuchObject:
            raise UnknownPicture(f"no picture of item {item} was sent") from None
        except ContentDiffers:
            self.objects.delete(sent)
            raise
        self.objects.delete(sent)
        return kept
