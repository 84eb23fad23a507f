"""Small repositories of the platform: organisations, keys, machines, sessions, price lists, answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from domain.deposits.session import Session
from domain.fleet.machine import Machine
from domain.points.price_list import SignedPriceList


@frozen
class Organisation:
    """Whose machines, people and points these are."""

    id: str
    """UUID; tokens and price lists name it by its tag."""
    name: str
    created_at: int


class Organisations(Protocol):
    """Organisations."""

    def add(self, organisation: Organisation) -> None:
        """Keep a new one."""

    def all(self) -> Sequence[Organisation]:
        """Return all of them, the oldest first."""

    def locked(self) -> Sequence[Organisation]:
        """Return all of them, the oldest first; nobody else founds one until the unit of work ends."""


class TrustedSigners(Protocol):
    """Public keys by key id. A key that ever signed stays, so that old tokens can be judged."""

    def add(self, organisation: str, key_id: str, public_key: bytes, at: int) -> None:
        """Keep a key; the same key again changes nothing."""

    def of(self, organisation: str) -> dict[str, bytes]:
        """Return an organisation's raw Ed25519 public keys by key id."""


class Machines(Protocol):
    """Registered machines."""

    def add(self, machine: Machine) -> None:
        """Keep a new machine."""

    def get(self, id: str) -> Machine | None:
        """Return a machine."""

    def locked(self, id: str) -> Machine | None:
        """Return a machine and hold its row until the unit of work ends: one batch of a machine at a time."""

    def by_key_hash(self, key_hash: str) -> Machine | None:
        """Return the machine with this API key."""

    def of(self, organisation: str) -> Sequence[Machine]:
        """Return an organisation's machines by name."""

    def contacted(self, id: str, at: int, waiting: int) -> None:
        """Remember when a machine last sent a batch, and how many entries it then still had to send."""


class Sessions(Protocol):
    """QR sessions. The store holds at most one open session per person."""

    def add(self, session: Session) -> None:
        """Keep a new session. Raises AlreadyThere (at the latest at the commit) when the person has an open one."""

    def get(self, id: str) -> Session | None:
        """Return a session."""

    def locked(self, ids: Sequence[str]) -> dict[str, Session]:
        """Return sessions by id, and hold them until the unit of work ends. Unknown ones are left out."""

    def open_of(self, person: str) -> Session | None:
        """Return a person's open session and hold it; nobody else opens one for them until the unit of work ends."""

    def keep(self, session: Session) -> None:
        """Replace what is kept of a session."""

    def due(self, now: int, limit: int) -> Sequence[Session]:
        """Return open sessions whose time is over."""


class PriceLists(Protocol):
    """Signed price lists; their bytes never change."""

    def add(self, organisation: str, signed: SignedPriceList, at: int) -> None:
        """Keep a list. Raises AlreadyThere when the version is taken by other bytes."""

    def of(self, organisation: str) -> Sequence[SignedPriceList]:
        """Return an organisation's lists, by `valid_from`."""


@frozen
class Answer:
    """What was answered under an Idempotency-Key. `status` 0: the first request is still in flight."""

    scope: str
    """Caller and route."""
    key: str
    body_hash: str
    status: int
    body: bytes
    at: int
    organisation: str


class Answers(Protocol):
    """Answers by scope and key."""

    def get(self, scope: str, key: str) -> Answer | None:
        """Return what is kept."""

    def locked(self, scope: str, key: str) -> Answer | None:
        """Return what is kept, and hold it until the unit of work ends."""

    def keep(self, answer: Answer) -> None:
        """Keep an answer; it replaces the one in flight."""

    def drop(self, scope: str, key: str) -> None:
        """Forget one, so that the request can be made again."""

    def drop_before(self, at: int) -> None:
        """Forget those that are older."""
