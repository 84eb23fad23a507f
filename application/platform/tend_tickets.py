"""Take a ticket, and resolve it."""

from __future__ import annotations

from attrs import evolve, frozen

from application.platform.again import again
from application.platform.errors import UnknownTicket
from application.platform.tend_alerts import of_ticket
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.fleet.machine import Machine
from domain.fleet.profile import Profile
from domain.fleet.ticket import Ticket, resolve, take


@frozen
class TakeTicket:
    """Lets a person see to a ticket."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self, organisation: str, person: str, id: str) -> Ticket:
        """Take it; again changes nothing. Raises UnknownTicket, TicketResolved, TakenByAnother."""
        with self.unit_of_work() as work:
            ticket, machine = _held(work, organisation, id)
            now = self.clock.now().wall
            taken = take(ticket, person, now)
            if taken is not ticket:
                work.care.tickets.keep(taken)
                work.outbox.add([of_ticket(taken, machine, "taken", now)])
                work.commit()
        return taken


@frozen
class ResolveTicket:
    """Resolves tickets."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self, organisation: str, person: str, id: str, note: str = "") -> Ticket:
        """Resolve it, and note on the machine that it was cared for; again changes nothing.

        Raises UnknownTicket, NoteTooLong.
        """
        with self.unit_of_work() as work:
            ticket, machine = _held(work, organisation, id)
            now = self.clock.now().wall
            resolved = resolve(ticket, person, note, now)
            if resolved is not ticket:
                work.care.tickets.keep(resolved)
                profile = work.care.profiles.get(machine.id) or Profile(machine.id, organisation)
                work.care.profiles.keep(evolve(profile, maintained_at=now))
                work.outbox.add([of_ticket(resolved, machine, "resolved", now)])
                work.commit()
        return resolved


def _held(work: UnitOfWork, organisation: str, id: str) -> tuple[Ticket, Machine]:
    """Return a ticket and its machine, whose row is held from here on."""
    found = work.care.tickets.get(id)
    machine = work.machines.locked(found.machine) if found and found.organisation == organisation else None
    ticket = work.care.tickets.get(id) if machine else None
    if ticket is None or machine is None:
        raise UnknownTicket(f"ticket {id} is not known")
    return ticket, machine
