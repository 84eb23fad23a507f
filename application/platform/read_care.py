"""Read the care of machines: telemetry, alerts, tickets, commands."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.platform.errors import UnknownMachine
from application.ports.care import TimedSample
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.fleet.alert import Alert
from domain.fleet.command import Command
from domain.fleet.machine import Machine
from domain.fleet.profile import Profile
from domain.fleet.telemetry import Hour
from domain.fleet.ticket import State, Ticket

LONGEST_PAGE = 100
MOST_SAMPLES = 1_000


@frozen
class ReadTelemetry:
    """Reads a machine's samples and hours."""

    unit_of_work: UnitOfWorkFactory

    @again
    def samples(
        self, organisation: str, machine: str, begin: int, end: int, limit: int = LONGEST_PAGE
    ) -> Sequence[TimedSample]:  # fmt: skip
        """Return samples of a span, the oldest first, at most `limit` (MOST_SAMPLES). Raises UnknownMachine."""
        with self.unit_of_work(read_only=True) as work:
            _own(work, organisation, machine)
            return work.care.telemetry.samples(machine, begin, end, max(1, min(limit, MOST_SAMPLES)))

    @again
    def hours(
        self, organisation: str, machine: str, begin: int, end: int, measure: str | None = None
    ) -> Sequence[Hour]:  # fmt: skip
        """Return the hours of a span, by beginning and measure. Raises UnknownMachine."""
        with self.unit_of_work(read_only=True) as work:
            _own(work, organisation, machine)
            return work.care.telemetry.hours(machine, begin, end, measure)


@frozen
class ReadMachine:
    """Reads one machine."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, organisation: str, machine: str) -> tuple[Machine, Profile, TimedSample | None]:
        """Return a machine, its profile and its newest sample. Raises UnknownMachine."""
        with self.unit_of_work(read_only=True) as work:
            known = _own(work, organisation, machine)
            profile = work.care.profiles.get(machine) or Profile(machine, organisation)
            return known, profile, work.care.telemetry.newest(machine)


@frozen
class ReadAlerts:
    """Reads raised alerts."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, organisation: str) -> Sequence[Alert]:
        """Return an organisation's raised alerts, the newest first."""
        with self.unit_of_work(read_only=True) as work:
            return work.care.alerts.raised(organisation)


@frozen
class ReadTickets:
    """Reads tickets."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(
        self, organisation: str, state: State | None = None, machine: str | None = None, before: int | None = None,
        limit: int = 50,
    ) -> Sequence[tuple[int, Ticket]]:  # fmt: skip
        """Return at most `limit` tickets (LONGEST_PAGE at most) with their numbers, the newest first."""
        with self.unit_of_work(read_only=True) as work:
            return work.care.tickets.of(organisation, state, machine, before, max(1, min(limit, LONGEST_PAGE)))


@frozen
class ReadCommands:
    """Reads a machine's commands."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(
        self, organisation: str, machine: str, before: int | None = None, limit: int = 50
    ) -> Sequence[tuple[int, Command]]:  # fmt: skip
        """Return at most `limit` commands with their numbers, the newest first. Raises UnknownMachine."""
        with self.unit_of_work(read_only=True) as work:
            _own(work, organisation, machine)
            return work.care.commands.of(machine, before, max(1, min(limit, LONGEST_PAGE)))


def _own(work: UnitOfWork, organisation: str, machine: str) -> Machine:
    known = work.machines.get(machine)
    if known is None or known.organisation != organisation:
        raise UnknownMachine(f"machine {machine} is not registered")
    return known
