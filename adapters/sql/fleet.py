"""Organisations, signers, machines and price lists as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.tables.fleet import MACHINES, ORGANISATIONS, PRICE_LISTS, SIGNERS
from application.ports.repositories import Organisation
from application.ports.unit_of_work import AlreadyThere
from domain.fleet.machine import Machine
from domain.points import price_list
from domain.points.price_list import SignedPriceList


class SqlOrganisations:
    """The repository of organisations."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, organisation: Organisation) -> None:
        """Keep a new one."""
        self._connection.execute(
            sa.insert(ORGANISATIONS),
            {"id": organisation.id, "name": organisation.name, "created_at": organisation.created_at},
        )

    def all(self) -> Sequence[Organisation]:
        """Return all of them, the oldest first."""
        rows = self._connection.execute(sa.select(ORGANISATIONS).order_by(ORGANISATIONS.c.created_at))
        return [Organisation(id=row.id, name=row.name, created_at=row.created_at) for row in rows]


_KEYS_OF = sa.select(SIGNERS.c.key_id, SIGNERS.c.public_key).where(
    SIGNERS.c.organisation_id == sa.bindparam("organisation")
)


class SqlSigners:
    """The repository of public keys."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, organisation: str, key_id: str, public_key: bytes, at: int) -> None:
        """Keep a key; the same key again changes nothing."""
        if self.of(organisation).get(key_id) == public_key:
            return
        self._connection.execute(
            sa.insert(SIGNERS),
            {"key_id": key_id, "organisation_id": organisation, "public_key": public_key, "added_at": at},
        )

    def of(self, organisation: str) -> dict[str, bytes]:
        """Return an organisation's public keys by key id."""
        rows = self._connection.execute(_KEYS_OF, {"organisation": organisation})
        return {row.key_id: bytes(row.public_key) for row in rows}


_MACHINE = sa.select(MACHINES).where(MACHINES.c.id == sa.bindparam("machine"))
_MACHINE_LOCKED = _MACHINE.with_for_update()
_CONTACTED = (
    sa.update(MACHINES)
    .where(MACHINES.c.id == sa.bindparam("machine"))
    .values(contacted_at=sa.bindparam("at"), waiting=sa.bindparam("left"))
)


class SqlMachines:
    """The repository of machines."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, machine: Machine) -> None:
        """Keep a new machine."""
        self._connection.execute(
            sa.insert(MACHINES),
            {
                "id": machine.id,
                "organisation_id": machine.organisation,
                "name": machine.name,
                "key_hash": machine.key_hash,
                "registered_at": machine.registered_at,
                "contacted_at": machine.contacted_at,
                "waiting": machine.waiting,
            },
        )

    def get(self, id: str) -> Machine | None:
        """Return a machine."""
        return self._one(_MACHINE, machine=id)

    def locked(self, id: str) -> Machine | None:
        """Return a machine and hold its row."""
        return self._one(_MACHINE_LOCKED, machine=id)

    def by_key_hash(self, key_hash: str) -> Machine | None:
        """Return the machine with this API key."""
        return self._one(sa.select(MACHINES).where(MACHINES.c.key_hash == sa.bindparam("key")), key=key_hash)

    def of(self, organisation: str) -> Sequence[Machine]:
        """Return an organisation's machines by name."""
        query = sa.select(MACHINES).where(MACHINES.c.organisation_id == organisation)
        rows = self._connection.execute(query.order_by(MACHINES.c.name, MACHINES.c.id))
        return [_machine(row) for row in rows]

    def contacted(self, id: str, at: int, waiting: int) -> None:
        """Remember a contact."""
        self._connection.execute(_CONTACTED, {"machine": id, "at": at, "left": waiting})

    def _one(self, query: sa.Select[Any], **values: Any) -> Machine | None:
        row = self._connection.execute(query, values).one_or_none()
        return _machine(row) if row is not None else None


def _machine(row: sa.Row[Any]) -> Machine:
    return Machine(
        id=row.id,
        organisation=row.organisation_id,
        name=row.name,
        key_hash=row.key_hash,
        registered_at=row.registered_at,
        contacted_at=row.contacted_at,
        waiting=row.waiting,
    )


_LISTS_OF = (
    sa.select(PRICE_LISTS)
    .where(PRICE_LISTS.c.organisation_id == sa.bindparam("organisation"))
    .order_by(PRICE_LISTS.c.valid_from, PRICE_LISTS.c.version)
)


class SqlPriceLists:
    """The repository of signed price lists."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, organisation: str, signed: SignedPriceList, at: int) -> None:
        """Keep a list; the same bytes again change nothing."""
        prices = price_list.read(signed.raw)
        for kept in self.of(organisation):
            if price_list.read(kept.raw).version == prices.version:
                if kept.raw == signed.raw:
                    return
                raise AlreadyThere(f"price list {prices.version} is there with other bytes")
        self._connection.execute(
            sa.insert(PRICE_LISTS),
            {
                "organisation_id": organisation,
                "version": prices.version,
                "valid_from": prices.valid_from,
                "valid_until": prices.valid_until,
                "raw": signed.raw,
                "key_id": signed.key_id,
                "signature": signed.signature,
                "published_at": at,
            },
        )

    def of(self, organisation: str) -> Sequence[SignedPriceList]:
        """Return an organisation's lists, by `valid_from`."""
        rows = self._connection.execute(_LISTS_OF, {"organisation": organisation})
        return [SignedPriceList(bytes(row.raw), row.key_id, bytes(row.signature)) for row in rows]
