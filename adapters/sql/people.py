"""People and their sign-ins in the store."""

from __future__ import annotations

import sqlalchemy as sa
from attrs import frozen

from adapters.sql.tables.people import FAMILIES, PEOPLE
from application.ports.identity import AddressTaken
from application.ports.unit_of_work import AlreadyThere
from domain.people.account import Account, Language
from domain.people.refresh import End, Family
from domain.people.role import Role


@frozen
class SqlPeople:
    """Implements `People`."""

    _connection: sa.Connection

    def add(self, account: Account) -> None:
        row = {
            "person_id": account.person,
            "organisation_id": account.organisation,
            "address": account.address,
            "password_hash": account.password_hash,
            "role": account.role.value,
            "language": account.language.value,
            "created_at": account.created_at,
        }
        if self.by_address(account.organisation, account.address) is not None:
            raise AddressTaken("another account has this address")
        try:
            self._connection.execute(sa.insert(PEOPLE).values(row))
        except AlreadyThere as clash:
            raise AddressTaken("another account has this address") from clash

    def by_address(self, organisation: str, address: str) -> Account | None:
        return self._one(PEOPLE.c.organisation_id == organisation, PEOPLE.c.address == address)

    def by_person(self, person: str) -> Account | None:
        return self._one(PEOPLE.c.person_id == person)

    def keep_password_hash(self, person: str, password_hash: str) -> None:
        change = sa.update(PEOPLE).where(PEOPLE.c.person_id == person).values(password_hash=password_hash)
        self._connection.execute(change)

    def _one(self, *where: sa.ColumnElement[bool]) -> Account | None:
        row = self._connection.execute(sa.select(PEOPLE).where(*where)).one_or_none()
        if row is None:
            return None
        return Account(
            person=row.person_id,
            organisation=row.organisation_id,
            address=row.address,
            password_hash=row.password_hash,
            role=Role(row.role),
            language=Language(row.language),
            created_at=row.created_at,
        )


@frozen
class SqlFamilies:
    """Implements `Families`."""

    _connection: sa.Connection

    def add(self, family: Family) -> None:
        self._connection.execute(sa.insert(FAMILIES).values(id=family.id, **_changing(family), **_fixed(family)))

    def locked(self, id: str) -> Family | None:
        row = self._connection.execute(sa.select(FAMILIES).where(FAMILIES.c.id == id).with_for_update()).one_or_none()
        if row is None:
            return None
        return Family(
            id=row.id,
            person=row.person_id,
            organisation=row.organisation_id,
            opened_at=row.opened_at,
            generation=row.generation,
            rotated_at=row.rotated_at,
            ended=End(row.ended) if row.ended else None,
        )

    def keep(self, family: Family) -> None:
        self._connection.execute(sa.update(FAMILIES).where(FAMILIES.c.id == family.id).values(**_changing(family)))


def _changing(family: Family) -> dict[str, object]:
    ended = family.ended.value if family.ended else None
    return {"generation": family.generation, "rotated_at": family.rotated_at, "ended": ended}


def _fixed(family: Family) -> dict[str, object]:
    return {"person_id": family.person, "organisation_id": family.organisation, "opened_at": family.opened_at}
