"""An account: who a person is to us, by an address they chose and a random id that everything else uses.

The address stands here and nowhere else. Tokens, entries, postings and events name the random id, so
that deleting the account's row forgets the person.
"""

from __future__ import annotations

import enum
import re
import unicodedata
import uuid

from attrs import field, frozen

from domain.people.role import Role

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256
"""Characters."""
FEWEST_CHARACTERS = 3
"""Different ones in a password."""

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class InvalidAddress(ValueError):
    """This text is no e-mail address; the message names what is wrong with it."""


class UnfitPassword(ValueError):
    """A password that protects nobody; the message names the rule (never the password)."""


class Language(str, enum.Enum):
    """The languages in which we speak to people."""

    INDONESIAN = "id"
    ENGLISH = "en"


def _is_uuid(_: object, __: object, value: str) -> None:
    if str(uuid.UUID(value)) != value:
        raise ValueError(f"{value!r} is not a UUID in its usual form")


@frozen
class Account:
    """A person's account. `address` is normalised; `created_at` is microseconds UTC."""

    person: str = field(validator=_is_uuid)
    organisation: str
    address: str = field(repr=False)
    password_hash: str = field(repr=False)
    role: Role
    language: Language
    created_at: int


def person_id(chance: bytes) -> str:
    """Make a person's id from 16 random bytes: a version 4 UUID, which tells nothing, not even a time."""
    return str(uuid.UUID(bytes=chance, version=4))


def normalise(text: str) -> str:
    """Return the one form of an e-mail address under which it is stored and looked up. Raises InvalidAddress.

    Lower case throughout (no provider of note tells `Ana@` from `ana@`, and two accounts by a slip of the
    shift key help nobody), the domain in its ASCII form. No quoted local parts, no address literals.
    """
    trimmed = unicodedata.normalize("NFKC", text).strip()
    if len(trimmed) > LONGEST_ADDRESS:
        raise InvalidAddress(f"an address has at most {LONGEST_ADDRESS} characters")
    local, at, domain = trimmed.rpartition("@")
    if not at:
        raise InvalidAddress("an address has an @")
    local = local.lower()
    if len(local) > LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local):
        raise InvalidAddress("the part before the @ has a character or a length that no address has")
    address = f"{local}@{_ascii_domain(domain)}"
    if len(address) > LONGEST_ADDRESS:
        raise InvalidAddress(f"an address has at most {LONGEST_ADDRESS} characters")
    return address


def check_password(password: str, address: str) -> str:
    """Return the password in the form that is hashed (NFKC). Raises UnfitPassword.

    Length is the rule that helps; character classes only make people write passwords down.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UnfitPassword(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    form = password_form(password)
    if len(set(form)) < FEWEST_CHARACTERS:
        raise UnfitPassword(f"a password has at least {FEWEST_CHARACTERS} different characters")
    if form.lower() in {address, address.partition("@")[0]}:
        raise UnfitPassword("a password is not the e-mail address")
    return form


def password_form(password: str) -> str:
    """Return the form of a password that is hashed, so that keyboards that compose letters differently agree."""
    return unicodedata.normalize("NFKC", password)


def _ascii_domain(domain: str) -> str:
    try:
        ascii_form = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as odd:
        raise InvalidAddress("the part after the @ is no domain name") from odd
    *labels, last = ascii_form.split(".")
    if not labels or last.isdigit() or not all(_LABEL.fullmatch(label) for label in (*labels, last)):
        raise InvalidAddress("the part after the @ is no domain name")
    return ascii_form
