"""The small repositories of the store in memory. Each refuses what the SQL one refuses."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence

from attrs import evolve, frozen

from application.ports.identity import AddressTaken
from application.ports.ledger_store import StatementLine
from application.ports.outbox import Announcement, Event
from application.ports.repositories import Answer, Organisation
from application.ports.unit_of_work import AlreadyThere
from domain.deposits.session import Session, State
from domain.fleet.machine import Machine
from domain.people.account import Account as PersonAccount
from domain.people.refresh import Family
from domain.points import price_list
from domain.points.ledger import Account, Transaction
from domain.points.price_list import SignedPriceList


@frozen
class StoredEvent:
    """An event, and when it was published."""

    event: Event
    published_at: int | None = None


@frozen
class SimulatedOrganisations:
    """Organisations."""

    _rows: dict[str, Organisation]

    def add(self, organisation: Organisation) -> None:
        _new(self._rows, organisation.id)
        self._rows[organisation.id] = organisation

    def all(self) -> Sequence[Organisation]:
        return sorted(self._rows.values(), key=lambda one: one.created_at)

    def locked(self) -> Sequence[Organisation]:
        return self.all()


@frozen
class SimulatedSigners:
    """Public keys."""

    _rows: dict[tuple[str, str], bytes]

    def add(self, organisation: str, key_id: str, public_key: bytes, at: int) -> None:
        if self._rows.get((organisation, key_id)) != public_key:
            _new(self._rows, (organisation, key_id))
            self._rows[organisation, key_id] = public_key

    def of(self, organisation: str) -> dict[str, bytes]:
        return {key_id: key for (whose, key_id), key in self._rows.items() if whose == organisation}


@frozen
class SimulatedMachines:
    """Machines."""

    _rows: dict[str, Machine]

    def add(self, machine: Machine) -> None:
        _new(self._rows, machine.id)
        if self.by_key_hash(machine.key_hash) is not None:
            raise AlreadyThere("another machine has this key")
        self._rows[machine.id] = machine

    def get(self, id: str) -> Machine | None:
        return self._rows.get(id)

    def locked(self, id: str) -> Machine | None:
        return self._rows.get(id)

    def by_key_hash(self, key_hash: str) -> Machine | None:
        return next((machine for machine in self._rows.values() if machine.key_hash == key_hash), None)

    def of(self, organisation: str) -> Sequence[Machine]:
        own = [machine for machine in self._rows.values() if machine.organisation == organisation]
        return sorted(own, key=lambda machine: (machine.name, machine.id))

    def contacted(self, id: str, at: int, waiting: int) -> None:
        self._rows[id] = evolve(self._rows[id], contacted_at=at, waiting=waiting)


@frozen
class SimulatedSessions:
    """Sessions: one open at most per person."""

    _rows: dict[str, Session]

    def add(self, session: Session) -> None:
        _new(self._rows, session.id)
        if session.state is State.ISSUED and self.open_of(session.person) is not None:
            raise AlreadyThere(f"person {session.person} has an open session")
        self._rows[session.id] = session

    def get(self, id: str) -> Session | None:
        return self._rows.get(id)

    def locked(self, ids: Sequence[str]) -> dict[str, Session]:
        return {id: self._rows[id] for id in sorted(ids) if id in self._rows}  # noqa: A001 - it is one

    def open_of(self, person: str) -> Session | None:
        own = (one for one in self._rows.values() if one.person == person and one.state is State.ISSUED)
        return next(own, None)

    def keep(self, session: Session) -> None:
        self._rows[session.id] = session

    def due(self, now: int, limit: int) -> Sequence[Session]:
        over = [one for one in self._rows.values() if one.state is State.ISSUED and one.expires_at <= now]
        return sorted(over, key=lambda one: one.expires_at)[:limit]


@frozen
class SimulatedPriceLists:
    """Price lists."""

    _rows: list[tuple[str, SignedPriceList]]

    def add(self, organisation: str, signed: SignedPriceList, at: int) -> None:
        version = price_list.read(signed.raw).version
        for kept in self.of(organisation):
            if price_list.read(kept.raw).version == version:
                if kept.raw == signed.raw:
                    return
                raise AlreadyThere(f"price list {version} is there with other bytes")
        self._rows.append((organisation, signed))

    def of(self, organisation: str) -> Sequence[SignedPriceList]:
        own = [(price_list.read(signed.raw), signed) for whose, signed in self._rows if whose == organisation]
        return [signed for _, signed in sorted(own, key=lambda pair: (pair[0].valid_from, pair[0].version))]


@frozen
class SimulatedLedger:
    """The ledger."""

    _transactions: list[Transaction]
    _balances: dict[Account, int]

    def balances(self, accounts: Sequence[Account]) -> dict[Account, int]:
        return {account: self._balances[account] for account in accounts if account in self._balances}

    def balance(self, account: Account) -> int:
        return self._balances.get(account, 0)

    def append(self, transactions: Sequence[Transaction], balances: Mapping[Account, int]) -> None:
        for transaction in transactions:
            for kept in self._transactions:
                if kept.id == transaction.id or (kept.reverses is not None and kept.reverses == transaction.reverses):
                    raise AlreadyThere(f"transaction {transaction.id} (or its like) is there already")
            self._transactions.append(transaction)
        self._balances.update(balances)

    def get(self, id: str) -> Transaction | None:
        return next((one for one in self._transactions if one.id == id), None)

    def statement(self, account: Account, before: int | None, limit: int) -> Sequence[StatementLine]:
        every = [(one, posting) for one in self._transactions for posting in one.postings]
        lines = [
            StatementLine(number, one.id, posting.amount, one.at, one.reverses)
            for number, (one, posting) in enumerate(every, start=1)
            if posting.account == account and (before is None or number < before)
        ]
        return lines[::-1][:limit]


@frozen
class SimulatedOutbox:
    """Events. Data goes through JSON, as it does in a database: what is no JSON is refused."""

    _rows: list[StoredEvent]

    def add(self, announcements: Sequence[Announcement]) -> None:
        for one in announcements:
            version = self.latest_version(one.aggregate) + 1
            data = json.loads(json.dumps(one.data))
            event = Event(len(self._rows) + 1, one.organisation, one.aggregate, version, one.type, data, one.at)
            self._rows.append(StoredEvent(event))

    def unpublished(self, limit: int) -> Sequence[Event]:
        return [row.event for row in self._rows if row.published_at is None][:limit]

    def number(self, limit: int) -> Sequence[Event]:
        waiting = self.unpublished(limit)
        for event in waiting:
            if event.publication is None:
                given = self.latest_publication(event.organisation) + 1
                row = self._rows[event.id - 1]
                self._rows[event.id - 1] = evolve(row, event=evolve(event, publication=given))
        numbered = [self._rows[event.id - 1].event for event in waiting]
        return sorted(numbered, key=lambda event: event.publication or 0)

    def mark_published(self, ids: Sequence[int], at: int) -> None:
        for id in ids:  # noqa: A001 - it is one
            self._rows[id - 1] = evolve(self._rows[id - 1], published_at=at)

    def since(self, aggregate: str, version: int, limit: int) -> Sequence[Event]:
        own = (row.event for row in self._rows if row.event.aggregate == aggregate)
        return [event for event in own if event.version > version][:limit]

    def latest_version(self, aggregate: str) -> int:
        return sum(1 for row in self._rows if row.event.aggregate == aggregate)

    def feed(self, organisation: str, after: int, limit: int) -> Sequence[Event]:
        return [event for event in self._of(organisation) if (event.publication or 0) > after][:limit]

    def latest_publication(self, organisation: str) -> int:
        return max((event.publication or 0 for event in self._of(organisation)), default=0)

    def recent(self, organisation: str, limit: int) -> Sequence[Event]:
        return self._of(organisation)[-limit:]

    def waiting(self) -> int:
        return sum(1 for row in self._rows if row.published_at is None)

    def _of(self, organisation: str) -> list[Event]:
        own = [row.event for row in self._rows if row.event.organisation == organisation and row.event.publication]
        return sorted(own, key=lambda event: event.publication or 0)


@frozen
class SimulatedAnswers:
    """Answers by scope and key."""

    _rows: dict[tuple[str, str], Answer]

    def get(self, scope: str, key: str) -> Answer | None:
        return self._rows.get((scope, key))

    def locked(self, scope: str, key: str) -> Answer | None:
        return self.get(scope, key)

    def keep(self, answer: Answer) -> None:
        self._rows[answer.scope, answer.key] = answer

    def drop(self, scope: str, key: str) -> None:
        self._rows.pop((scope, key), None)

    def drop_before(self, at: int) -> None:
        for place in [place for place, answer in self._rows.items() if answer.at < at]:
            del self._rows[place]


@frozen
class SimulatedPeople:
    """People's accounts."""

    _rows: dict[str, PersonAccount]

    def add(self, account: PersonAccount) -> None:
        if self.by_address(account.organisation, account.address) is not None:
            raise AddressTaken("another account has this address")
        _new(self._rows, account.person)
        self._rows[account.person] = account

    def by_address(self, organisation: str, address: str) -> PersonAccount | None:
        own = (one for one in self._rows.values() if one.organisation == organisation)
        return next((one for one in own if one.address == address), None)

    def by_person(self, person: str) -> PersonAccount | None:
        return self._rows.get(person)

    def keep_password_hash(self, person: str, password_hash: str) -> None:
        self._rows[person] = evolve(self._rows[person], password_hash=password_hash)


@frozen
class SimulatedFamilies:
    """Families of refresh tokens."""

    _rows: dict[str, Family]

    def add(self, family: Family) -> None:
        _new(self._rows, family.id)
        self._rows[family.id] = family

    def locked(self, id: str) -> Family | None:
        return self._rows.get(id)

    def keep(self, family: Family) -> None:
        self._rows[family.id] = family


def _new(rows: Container[object], key: object) -> None:
    if key in rows:
        raise AlreadyThere(f"{key} is there already")
