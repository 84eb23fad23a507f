"""Let people look at the picture of what they brought, and operators at all of their organisation's."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.picture_place import TICKET_SECONDS, UnknownPicture, place_of
from application.ports.identity import Caller
from application.ports.objects import Download, NoSuchObject, Objects
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.people.role import Role


@frozen
class ShowPicture:
    """Lets a person look at the picture of what they brought, and an operator at all of the organisation's."""

    unit_of_work: UnitOfWorkFactory
    objects: Objects

    @again
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
        place = place_of(stands, item)
        try:
            self.objects.head(place)
        except NoSuchObject:
            raise UnknownPicture(f"there is no picture of item {item}") from None
        return self.objects.offer_download(place, TICKET_SECONDS)
