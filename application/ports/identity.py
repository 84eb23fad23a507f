"""Who somebody is: hashing passwords, the two kinds of token, and where accounts are kept.

The repositories are reached through a unit of work, so that what they write commits with everything else.
"""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from domain.people.account import Account
from domain.people.refresh import Family
from domain.people.role import Role


class AccessRefused(Exception):
    """This access token gives no access: forged, of another kind, or expired; the message says which."""


class AddressTaken(Exception):
    """Another account of the organisation has this e-mail address."""


class SealBroken(Exception):
    """These bytes were not sealed by us for this place."""


@frozen
class Caller:
    """Whom an access token speaks for. `family` is the sign-in that it came from."""

    person: str
    organisation: str
    role: Role
    family: str
    expires_at: int
    """Microseconds UTC."""


class PasswordHasher(Protocol):
    """Hashes passwords, slowly on purpose. Called off the event loop."""

    def hash(self, password: str) -> str:
        """Return a salted hash with its own parameters in it."""

    def verify(self, hashed: str, password: str) -> bool:
        """Tell whether this password made the hash; False for a malformed hash too."""

    def outdated(self, hashed: str) -> bool:
        """Tell whether the hash was made with other parameters than are used now."""

    def decoy(self) -> str:
        """Return a hash that no password makes, as slow to verify as any: an unknown address answers no faster."""


class AccessTokens(Protocol):
    """Access tokens: short-lived, signed, checked without a database."""

    def write(self, caller: Caller) -> str:
        """Return the token for a caller."""

    def read(self, token: str, now: int) -> Caller:
        """Return whom a token speaks for, at `now` (microseconds UTC). Raises AccessRefused."""


class RefreshTokens(Protocol):
    """Refresh tokens: name a family and a generation of it, and cannot be guessed or made by anyone else."""

    def write(self, family: str, generation: int) -> str:
        """Return the token of a generation: always the same text for the same generation."""

    def read(self, token: str) -> tuple[str, int]:
        """Return family and generation. Raises RefreshUnknown for what this platform never wrote."""


class Seal(Protocol):
    """Keeps what we must be able to say again but nobody may read in the store (an API key in an answer)."""

    def sealed(self, plain: bytes, place: bytes) -> bytes:
        """Return the plain bytes sealed, for one place only."""

    def opened(self, sealed: bytes, place: bytes) -> bytes:
        """Return the plain bytes again. Raises SealBroken: another key, another place, or changed bytes."""


class People(Protocol):
    """Accounts by person and by address, of every organisation."""

    def add(self, account: Account) -> None:
        """Keep a new account. Raises AddressTaken."""

    def by_address(self, organisation: str, address: str) -> Account | None:
        """Return the account with this normalised address."""

    def by_person(self, person: str) -> Account | None:
        """Return a person's account."""

    def keep_password_hash(self, person: str, password_hash: str) -> None:
        """Replace a person's password hash."""


class Families(Protocol):
    """Families of refresh tokens."""

    def add(self, family: Family) -> None:
        """Keep a new family."""

    def locked(self, id: str) -> Family | None:
        """Return a family and hold it until the unit of work ends: rotations happen one after the other."""

    def keep(self, family: Family) -> None:
        """Replace what is kept of a family."""
