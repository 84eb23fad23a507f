"""Alerts, tickets and outages as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.statement import Statement
from adapters.sql.tables.care import ALERTS, OUTAGES, TICKETS
from adapters.sql.upsert import upsert
from domain.fleet.alert import Alert, Cause, Standing
from domain.fleet.availability import Outage
from domain.fleet.ticket import State, Ticket

_RAISED = [Standing.RAISED.value, Standing.SETTLING.value]
_ALERT = (
    ALERTS.c.machine_id, ALERTS.c.rule, ALERTS.c.standing, ALERTS.c.since, ALERTS.c.began, ALERTS.c.read_at,
    ALERTS.c.value,
)  # fmt: skip
_ALERTS_OF = Statement(sa.select(*_ALERT).where(ALERTS.c.machine_id == sa.bindparam("machine")))
_KEEP_ALERTS = upsert(ALERTS)


class SqlAlerts:
    """The repository of alerts."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def of(self, machine: str) -> dict[str, Alert]:
        """Return a machine's, by rule."""
        rows = _ALERTS_OF.rows(self._connection, {"machine": machine})
        return {alert.rule: alert for alert in map(_alert, rows)}

    def keep(self, organisation: str, alerts: Collection[Alert]) -> None:
        """Replace what is kept of these."""
        rows = [
            {
                "machine_id": alert.machine, "rule": alert.rule, "organisation_id": organisation,
                "standing": alert.standing.value, "since": alert.since, "began": alert.began,
                "read_at": alert.read_at, "value": alert.value,
            }
            for alert in alerts
        ]  # fmt: skip
        _KEEP_ALERTS.many(self._connection, rows)

    def raised(self, organisation: str) -> Sequence[Alert]:
        """Return the raised ones, the newest first."""
        query = sa.select(*_ALERT).where(ALERTS.c.organisation_id == organisation, ALERTS.c.standing.in_(_RAISED))
        rows = self._connection.execute(query.order_by(ALERTS.c.began.desc(), ALERTS.c.machine_id, ALERTS.c.rule))
        return [_alert(row) for row in rows]


def _alert(row: Any) -> Alert:
    machine, rule, standing, since, began, read_at, value = row
    return Alert(machine, rule, Standing(standing), since, began, read_at, value)


class SqlTickets:
    """The repository of tickets."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, ticket: Ticket) -> None:
        """Keep a new one."""
        self._connection.execute(sa.insert(TICKETS), _of_ticket(ticket))

    def get(self, id: str) -> Ticket | None:
        """Return a ticket."""
        row = self._connection.execute(sa.select(TICKETS).where(TICKETS.c.id == id)).one_or_none()
        return _ticket(row) if row is not None else None

    def newest(self, machine: str, rule: str) -> Ticket | None:
        """Return the ticket that a rule opened last for a machine."""
        query = sa.select(TICKETS).where(TICKETS.c.machine_id == machine, TICKETS.c.rule == rule)
        row = self._connection.execute(query.order_by(TICKETS.c.number.desc()).limit(1)).one_or_none()
        return _ticket(row) if row is not None else None

    def keep(self, ticket: Ticket) -> None:
        """Replace what is kept of a ticket."""
        self._connection.execute(sa.update(TICKETS).where(TICKETS.c.id == ticket.id).values(_of_ticket(ticket)))

    def of(
        self, organisation: str, state: State | None, machine: str | None, before: int | None, limit: int
    ) -> Sequence[tuple[int, Ticket]]:
        """Return tickets with their numbers, the newest first."""
        query = sa.select(TICKETS).where(TICKETS.c.organisation_id == organisation)
        if state is not None:
            query = query.where(TICKETS.c.state == state.value)
        if machine is not None:
            query = query.where(TICKETS.c.machine_id == machine)
        if before is not None:
            query = query.where(TICKETS.c.number < before)
        rows = self._connection.execute(query.order_by(TICKETS.c.number.desc()).limit(limit))
        return [(row.number, _ticket(row)) for row in rows]

    def unresolved(self) -> int:
        """Count the tickets that are not resolved."""
        query = sa.select(sa.func.count()).select_from(TICKETS).where(TICKETS.c.state != State.RESOLVED.value)
        return self._connection.execute(query).scalar_one()


def _of_ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id, "organisation_id": ticket.organisation, "machine_id": ticket.machine, "rule": ticket.rule,
        "state": ticket.state.value, "opened_at": ticket.opened_at, "times": ticket.times,
        "cleared_at": ticket.cleared_at, "taken_by": ticket.taken_by, "taken_at": ticket.taken_at,
        "resolved_by": ticket.resolved_by, "resolved_at": ticket.resolved_at, "note": ticket.note,
    }  # fmt: skip


def _ticket(row: Any) -> Ticket:
    return Ticket(
        row.id, row.organisation_id, row.machine_id, row.rule, row.opened_at, State(row.state), row.times,
        row.cleared_at, row.taken_by, row.taken_at, row.resolved_by, row.resolved_at, row.note,
    )  # fmt: skip


class SqlOutages:
    """The repository of outages."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def begin(self, organisation: str, outage: Outage) -> None:
        """Keep one that goes on."""
        self._connection.execute(
            sa.insert(OUTAGES),
            {
                "organisation_id": organisation, "machine_id": outage.machine, "rule": outage.rule,
                "cause": outage.cause.value, "began": outage.began, "ended": outage.ended,
            },
        )  # fmt: skip

    def end(self, machine: str, rule: str, at: int) -> None:
        """End the one that goes on, if there is one."""
        going_on = (OUTAGES.c.machine_id == machine, OUTAGES.c.rule == rule, OUTAGES.c.ended.is_(None))
        ended = sa.case((OUTAGES.c.began > at, OUTAGES.c.began), else_=at)
        self._connection.execute(sa.update(OUTAGES).where(*going_on).values(ended=ended))

    def of(self, organisation: str, begin: int, end: int) -> Sequence[Outage]:
        """Return outages that touch a span."""
        query = sa.select(OUTAGES).where(
            OUTAGES.c.organisation_id == organisation, OUTAGES.c.began < end,
            sa.or_(OUTAGES.c.ended.is_(None), OUTAGES.c.ended > begin),
        )  # fmt: skip
        rows = self._connection.execute(query.order_by(OUTAGES.c.began, OUTAGES.c.number))
        return [Outage(row.machine_id, row.rule, Cause(row.cause), row.began, row.ended) for row in rows]
