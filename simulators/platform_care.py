"""The care of machines in memory. It refuses what the SQL one refuses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from attrs import define, evolve, field, frozen

from application.ports.care import TimedSample
from application.ports.unit_of_work import AlreadyThere
from domain.fleet import ticket as tickets
from domain.fleet.alert import SILENT, Alert, Standing
from domain.fleet.availability import Outage
from domain.fleet.claim_code import ClaimCode
from domain.fleet.command import WAITING, Command, due
from domain.fleet.machine import Machine
from domain.fleet.profile import Profile
from domain.fleet.telemetry import Hour
from domain.fleet.ticket import Ticket


@define
class CareRows:
    """Everything about the care of machines. Lists are in the order in which rows came."""

    samples: list[tuple[str, int, TimedSample]] = field(factory=list)
    """Machine, receipt, sample."""
    boots: dict[tuple[str, str], int] = field(factory=dict)
    hours: dict[tuple[str, int, str], Hour] = field(factory=dict)
    alerts: dict[tuple[str, str], tuple[str, Alert]] = field(factory=dict)
    tickets: dict[str, Ticket] = field(factory=dict)
    commands: dict[str, Command] = field(factory=dict)
    claim_codes: dict[str, ClaimCode] = field(factory=dict)
    profiles: dict[str, Profile] = field(factory=dict)
    outages: list[tuple[str, Outage]] = field(factory=list)

    def copy(self) -> CareRows:
        """Return a copy that can be changed; what is in it never changes."""
        return CareRows(
            list(self.samples), dict(self.boots), dict(self.hours), dict(self.alerts), dict(self.tickets),
            dict(self.commands), dict(self.claim_codes), dict(self.profiles), list(self.outages),
        )  # fmt: skip


@frozen
class SimulatedTelemetry:
    """Telemetry."""

    _rows: CareRows

    def held(self, machine: str, boots: Collection[str]) -> dict[str, int]:
        return {boot: self._rows.boots[machine, boot] for boot in boots if (machine, boot) in self._rows.boots}

    def add(self, organisation: str, machine: str, samples: Sequence[TimedSample], received: int) -> None:
        for each in samples:
            self._rows.samples.append((machine, received, each))
            place = (machine, each.sample.boot)
            self._rows.boots[place] = max(each.sample.seq, self._rows.boots.get(place, 0))

    def samples(self, machine: str, begin: int, end: int, limit: int) -> Sequence[TimedSample]:
        own = [each for whose, _, each in self._rows.samples if whose == machine and begin <= each.at < end]
        return sorted(own, key=lambda each: each.at)[:limit]

    def newest(self, machine: str) -> TimedSample | None:
        own = sorted((each for whose, _, each in self._rows.samples if whose == machine), key=lambda each: each.at)
        return own[-1] if own else None

    def add_hours(self, organisation: str, hours: Iterable[Hour]) -> None:
        for hour in hours:
            place = (hour.machine, hour.hour, hour.measure)
            known = self._rows.hours.get(place)
            self._rows.hours[place] = hour if known is None else known.and_also(hour)

    def hours(self, machine: str, begin: int, end: int, measure: str | None = None) -> Sequence[Hour]:
        own = (hour for hour in self._rows.hours.values() if hour.machine == machine and begin <= hour.hour < end)
        chosen = (hour for hour in own if measure in {None, hour.measure})
        return sorted(chosen, key=lambda hour: (hour.hour, hour.measure))

    def drop_before(self, at: int, limit: int) -> int:
        old = sorted((row for row in self._rows.samples if row[1] < at), key=lambda row: row[1])[:limit]
        for row in old:
            self._rows.samples.remove(row)
        return len(old)


@frozen
class SimulatedAlerts:
    """Alerts."""

    _rows: dict[tuple[str, str], tuple[str, Alert]]

    def of(self, machine: str) -> dict[str, Alert]:
        return {rule: alert for (whose, rule), (_, alert) in self._rows.items() if whose == machine}

    def keep(self, organisation: str, alerts: Collection[Alert]) -> None:
        for alert in alerts:
            self._rows[alert.machine, alert.rule] = (organisation, alert)

    def raised(self, organisation: str) -> Sequence[Alert]:
        own = [alert for whose, alert in self._rows.values() if whose == organisation and alert.raised]
        return sorted(own, key=lambda alert: (-alert.began, alert.machine, alert.rule))


@frozen
class SimulatedTickets:
    """Tickets: at most one that is not resolved for a machine and a rule."""

    _rows: dict[str, Ticket]

    def add(self, ticket: Ticket) -> None:
        _new(self._rows, ticket.id)
        self._alone(ticket)
        self._rows[ticket.id] = ticket

    def get(self, id: str) -> Ticket | None:
        return self._rows.get(id)

    def newest(self, machine: str, rule: str) -> Ticket | None:
        own = [one for one in self._rows.values() if (one.machine, one.rule) == (machine, rule)]
        return own[-1] if own else None

    def keep(self, ticket: Ticket) -> None:
        self._alone(ticket)
        self._rows[ticket.id] = ticket

    def of(
        self, organisation: str, state: tickets.State | None, machine: str | None, before: int | None, limit: int
    ) -> Sequence[tuple[int, Ticket]]:
        numbered = [
            (number, one)
            for number, one in enumerate(self._rows.values(), start=1)
            if one.organisation == organisation
            and state in {None, one.state}
            and machine in {None, one.machine}
            and (before is None or number < before)
        ]
        return numbered[::-1][:limit]

    def unresolved(self) -> int:
        return sum(one.state is not tickets.State.RESOLVED for one in self._rows.values())

    def _alone(self, ticket: Ticket) -> None:
        others = (one for one in self._rows.values() if one.id != ticket.id and one.state is not tickets.State.RESOLVED)
        places = {(one.machine, one.rule) for one in others}
        if ticket.state is not tickets.State.RESOLVED and (ticket.machine, ticket.rule) in places:
            raise AlreadyThere("a ticket of this rule is not resolved")


@frozen
class SimulatedCommands:
    """Commands."""

    _rows: dict[str, Command]

    def add(self, command: Command) -> None:
        _new(self._rows, command.id)
        self._rows[command.id] = command

    def get(self, id: str) -> Command | None:
        return self._rows.get(id)

    def waiting(self, machine: str, limit: int) -> Sequence[Command]:
        return [one for one in self._rows.values() if one.machine == machine and one.state in WAITING][:limit]

    def keep(self, command: Command) -> None:
        self._rows[command.id] = command

    def of(self, machine: str, before: int | None, limit: int) -> Sequence[tuple[int, Command]]:
        numbered = list(enumerate(self._rows.values(), start=1))
        own = [row for row in numbered if row[1].machine == machine and (before is None or row[0] < before)]
        return own[::-1][:limit]

    def due(self, now: int, limit: int) -> Sequence[Command]:
        late = [one for one in self._rows.values() if due(one, now)]
        return sorted(late, key=lambda one: one.expires_at)[:limit]


@frozen
class SimulatedClaimCodes:
    """Claim codes."""

    _rows: dict[str, ClaimCode]

    def add(self, code: ClaimCode) -> None:
        _new(self._rows, code.id)
        if self.locked(code.code_hash) is not None:
            raise AlreadyThere("this code is there already")
        self._rows[code.id] = code

    def get(self, id: str) -> ClaimCode | None:
        return self._rows.get(id)

    def locked(self, code_hash: str) -> ClaimCode | None:
        return next((one for one in self._rows.values() if one.code_hash == code_hash), None)

    def keep(self, code: ClaimCode) -> None:
        self._rows[code.id] = code

    def of(self, organisation: str, before: int | None, limit: int) -> Sequence[tuple[int, ClaimCode]]:
        numbered = list(enumerate(self._rows.values(), start=1))
        own = [row for row in numbered if row[1].organisation == organisation and (before is None or row[0] < before)]
        return own[::-1][:limit]


@frozen
class SimulatedProfiles:
    """Profiles."""

    _rows: dict[str, Profile]

    def get(self, machine: str) -> Profile | None:
        return self._rows.get(machine)

    def keep(self, profile: Profile) -> None:
        self._rows[profile.machine] = profile

    def of(self, organisation: str) -> dict[str, Profile]:
        return {machine: one for machine, one in self._rows.items() if one.organisation == organisation}


@frozen
class SimulatedOutages:
    """Outages."""

    _rows: list[tuple[str, Outage]]

    def begin(self, organisation: str, outage: Outage) -> None:
        if self._going_on(outage.machine, outage.rule) is not None and outage.ended is None:
            raise AlreadyThere("an outage of this rule goes on")
        self._rows.append((organisation, outage))

    def end(self, machine: str, rule: str, at: int) -> None:
        place = self._going_on(machine, rule)
        if place is not None:
            organisation, outage = self._rows[place]
            self._rows[place] = (organisation, evolve(outage, ended=max(at, outage.began)))

    def of(self, organisation: str, begin: int, end: int) -> Sequence[Outage]:
        own = [outage for whose, outage in self._rows if whose == organisation]
        touching = [one for one in own if one.began < end and (one.ended is None or one.ended > begin)]
        return sorted(touching, key=lambda one: one.began)

    def _going_on(self, machine: str, rule: str) -> int | None:
        for place, (_, one) in enumerate(self._rows):
            if (one.machine, one.rule, one.ended) == (machine, rule, None):
                return place
        return None


class SimulatedCare:
    """The care of machines, inside one unit of work."""

    def __init__(self, rows: CareRows, machines: dict[str, Machine]) -> None:
        """Work on these rows."""
        self._machines = machines
        self.telemetry = SimulatedTelemetry(rows)
        self.alerts = SimulatedAlerts(rows.alerts)
        self.tickets = SimulatedTickets(rows.tickets)
        self.commands = SimulatedCommands(rows.commands)
        self.claim_codes = SimulatedClaimCodes(rows.claim_codes)
        self.profiles = SimulatedProfiles(rows.profiles)
        self.outages = SimulatedOutages(rows.outages)

    def heard_before(self, at: int, limit: int) -> Sequence[Machine]:
        """Return machines whose silence is news."""
        heard = [(one.contacted_at, one) for one in self._machines.values() if one.contacted_at is not None]
        old = sorted((row for row in heard if row[0] < at), key=lambda row: row[0])
        return [one for _, one in old if self._silence(one.id) in {None, Standing.QUIET}][:limit]

    def heard_since(self, at: int, limit: int) -> Sequence[Machine]:
        """Return machines whose silence is over and still a raised alert."""
        heard = [(one.contacted_at, one) for one in self._machines.values() if one.contacted_at is not None]
        late = sorted((row for row in heard if row[0] >= at), key=lambda row: row[0])
        return [one for _, one in late if self._silence(one.id) not in {None, Standing.QUIET}][:limit]

    def rekey(self, machine: str, key_hash: str) -> None:
        """Replace the hash of a machine's API key."""
        if any(one.key_hash == key_hash and one.id != machine for one in self._machines.values()):
            raise AlreadyThere("another machine has this key")
        self._machines[machine] = evolve(self._machines[machine], key_hash=key_hash)

    def _silence(self, machine: str) -> Standing | None:
        alert = self.alerts.of(machine).get(SILENT)
        return alert.standing if alert is not None else None


def _new(rows: dict[str, Ticket] | dict[str, Command] | dict[str, ClaimCode], id: str) -> None:
    if id in rows:
        raise AlreadyThere(f"{id} is there already")
