"""Organisations, signers, machines and price lists as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.holding import hold
from adapters.sql.statement import Statement
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

    def locked(self) -> Sequence[Organisation]:
        """Return all of them; nobody else founds one meanwhile."""
        hold(self._connection, ["organisations"])
        return self.all()


_KEYS_OF = Statement(
    sa.select(SIGNERS.c.key_id, SIGNERS.c.public_key).where(SIGNERS.c.organisation_id == sa.bindparam("organisation"))
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
        rows = _KEYS_OF.rows(self._connection, {"organisation": organisation})
        return {key_id: bytes(public_key) for key_id, public_key in rows}


_COLUMNS = (
    MACHINES.c.id,
    MACHINES.c.organisation_id,
    MACHINES.c.name,
    MACHINES.c.key_hash,
    MACHINES.c.registered_at,
    MACHINES.c.contacted_at,
    MACHINES.c.waiting,
)
_BY_ID = sa.select(*_COLUMNS).where(MACHINES.c.id == sa.bindparam("machine"))
_MACHINE = Statement(_BY_ID)
_MACHINE_LOCKED = Statement(_BY_ID.with_for_update())
_MACHINE_BY_KEY = Statement(sa.select(*_COLUMNS).where(MACHINES.c.key_hash == sa.bindparam("key")))
_CONTACTED = Statement(
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
        return self._one(_MACHINE_BY_KEY, key=key_hash)

    def of(self, organisation: str) -> Sequence[Machine]:
        """Return an organisation's machines by name."""
        query = sa.select(*_COLUMNS).where(MACHINES.c.organisation_id == organisation)
        rows = self._connection.execute(query.order_by(MACHINES.c.name, MACHINES.c.id))
        return [Machine(*row) for row in rows]

    def contacted(self, id: str, at: int, waiting: int) -> None:
        """Remember a contact."""
        _CONTACTED.change(self._connection, {"machine": id, "at": at, "left": waiting})

    def _one(self, statement: Statement, **values: Any) -> Machine | None:
        rows = statement.rows(self._connection, values)
        return Machine(*rows[0]) if rows else None


_LISTS_OF = Statement(
    sa.select(PRICE_LISTS.c.raw, PRICE_LISTS.c.key_id, PRICE_LISTS.c.signature)
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
        hold(self._connection, [f"price lists of {organisation}"])
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
        rows = _LISTS_OF.rows(self._connection, {"organisation": organisation})
        return [SignedPriceList(bytes(raw), key_id, bytes(signature)) for raw, key_id, signature in rows]
