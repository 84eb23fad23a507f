"""Work out how much of a span the machines of an organisation served, by machine, site and fleet."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from application.platform.again import again
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.fleet.availability import Availability, EmptySpan, Outage, availability, together
from domain.fleet.machine import Machine


@frozen
class FleetAvailability:
    """What a span came to."""

    begin: int
    end: int
    """At most now: what has not happened is not counted."""
    machines: Mapping[str, tuple[Machine, str, Availability]] = field(hash=False)
    """By id: the machine, its site, and what it came to; one that was not there yet, or never spoke, is left out."""
    sites: Mapping[str, Availability] = field(hash=False)
    fleet: Availability


@frozen
class ReadAvailability:
    """Reads availability."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self, organisation: str, begin: int, end: int) -> FleetAvailability:
        """Return the availability from `begin` until (not including) `end`. Raises EmptySpan.

        A machine counts from when it was registered.
        """
        end = min(end, self.clock.now().wall)
        if end <= begin:
            raise EmptySpan("a span ends after it begins, and begins in the past")
        with self.unit_of_work(read_only=True) as work:
            machines = work.machines.of(organisation)
            profiles = work.care.profiles.of(organisation)
            outages: dict[str, list[Outage]] = {}
            for outage in work.care.outages.of(organisation, begin, end):
                outages.setdefault(outage.machine, []).append(outage)
        each: dict[str, tuple[Machine, str, Availability]] = {}
        for machine in machines:
            there = max(begin, machine.registered_at)
            if machine.contacted_at is not None and there < end:
                site = profiles[machine.id].site if machine.id in profiles else ""
                each[machine.id] = (machine, site, availability(outages.get(machine.id, ()), there, end))
        sites: dict[str, list[Availability]] = {}
        for _, site, one in each.values():
            sites.setdefault(site, []).append(one)
        fleet = together([one for _, _, one in each.values()])
        return FleetAvailability(begin, end, each, {site: together(all_) for site, all_ in sites.items()}, fleet)
