"""The care of machines, inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from adapters.sql.fleet import SqlMachines
from adapters.sql.provisioning import SqlClaimCodes, SqlCommands, SqlProfiles
from adapters.sql.tables.care import ALERTS
from adapters.sql.tables.fleet import MACHINES
from adapters.sql.telemetry import SqlTelemetry
from adapters.sql.tending import SqlAlerts, SqlOutages, SqlTickets
from domain.fleet.alert import SILENT, Standing
from domain.fleet.machine import Machine


class SqlCare:
    """Makes the repositories when they are asked for: most units of work need none of them."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    @property
    def telemetry(self) -> SqlTelemetry:
        """Samples and hours."""
        return SqlTelemetry(self._connection)

    @property
    def alerts(self) -> SqlAlerts:
        """Rules as they stand."""
        return SqlAlerts(self._connection)

    @property
    def tickets(self) -> SqlTickets:
        """Tickets."""
        return SqlTickets(self._connection)

    @property
    def commands(self) -> SqlCommands:
        """Commands to machines."""
        return SqlCommands(self._connection)

    @property
    def claim_codes(self) -> SqlClaimCodes:
        """Claim codes."""
        return SqlClaimCodes(self._connection)

    @property
    def profiles(self) -> SqlProfiles:
        """Profiles of machines."""
        return SqlProfiles(self._connection)

    @property
    def outages(self) -> SqlOutages:
        """Times without service."""
        return SqlOutages(self._connection)

    def heard_before(self, at: int, limit: int) -> Sequence[Machine]:
        """Return machines whose silence is news."""
        raised = sa.select(ALERTS.c.machine_id).where(
            ALERTS.c.rule == SILENT, ALERTS.c.standing != Standing.QUIET.value, ALERTS.c.machine_id == MACHINES.c.id
        )
        query = sa.select(MACHINES.c.id).where(MACHINES.c.contacted_at < at, ~raised.exists())
        ids = self._connection.execute(query.order_by(MACHINES.c.contacted_at).limit(limit)).scalars().all()
        return self._machines(ids)

    def heard_since(self, at: int, limit: int) -> Sequence[Machine]:
        """Return machines whose silence is over and still a raised alert."""
        raised = sa.and_(ALERTS.c.rule == SILENT, ALERTS.c.standing != Standing.QUIET.value)
        query = sa.select(MACHINES.c.id).join(ALERTS, ALERTS.c.machine_id == MACHINES.c.id)
        query = query.where(raised, MACHINES.c.contacted_at >= at)
        ids = self._connection.execute(query.order_by(MACHINES.c.contacted_at).limit(limit)).scalars().all()
        return self._machines(ids)

    def rekey(self, machine: str, key_hash: str) -> None:
        """Replace the hash of a machine's API key."""
        self._connection.execute(sa.update(MACHINES).where(MACHINES.c.id == machine).values(key_hash=key_hash))

    def _machines(self, ids: Sequence[str]) -> Sequence[Machine]:
        machines = SqlMachines(self._connection)
        return [machine for machine in map(machines.get, ids) if machine is not None]
