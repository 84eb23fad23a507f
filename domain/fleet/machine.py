"""A machine as the platform knows it, and the key by which it is known."""

from __future__ import annotations

import base64
import hashlib
import re

from attrs import field, frozen

LONGEST_NAME = 80
SILENT_AFTER = 60_000_000
"""Microseconds without a batch after which a machine counts as silent."""
CLOCKS_APART = 60_000_000
"""Microseconds by which the clocks of two workers may differ."""
KEY_BYTES = 32
"""Random bytes in an API key: too many to guess, so a plain hash at rest is enough (no salt, no slow hash)."""
_KEY = re.compile(r"rvm_[A-Za-z0-9_-]{43}")


class InvalidName(ValueError):
    """A machine needs another name; the message says why. Any text is allowed, also one that looks like code."""


class MalformedKey(ValueError):
    """This text is no machine's API key."""


def _is_name(_: object, __: object, name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidName(f"a machine's name has 1 to {LONGEST_NAME} characters")
    if not name.isprintable():
        raise InvalidName("a machine's name has only characters that can be seen")


@frozen
class Machine:
    """A registered machine. Times are microseconds UTC."""

    id: str
    organisation: str
    name: str = field(validator=_is_name)
    key_hash: str = field(repr=False)
    registered_at: int
    contacted_at: int | None = None
    """When it last sent a batch."""
    waiting: int = 0
    """Entries that it then still had to send."""


def speaks_anew(machine: Machine, now: int, waiting: int) -> bool:
    """Tell whether a contact is news: it was silent for a while, or its queue began to grow or emptied."""
    silent = machine.contacted_at is None or now - machine.contacted_at > SILENT_AFTER
    return silent or (machine.waiting == 0) != (waiting == 0)


def received(machine: Machine, now: int) -> int:
    """Return when what a machine sends came: as `now` says, but not before what it sent last.

    Workers' clocks differ a little, and a machine's batches come to any of them, one after the other. A clock that is
    further behind than CLOCKS_APART is another matter, and is believed.
    """
    last = machine.contacted_at
    return last if last is not None and now < last <= now + CLOCKS_APART else now


def write_key(chance: bytes) -> str:
    """Make an API key from KEY_BYTES random bytes. It is shown once and kept only as its hash."""
    if len(chance) != KEY_BYTES:
        raise ValueError(f"an API key is made of {KEY_BYTES} random bytes")
    return "rvm_" + base64.urlsafe_b64encode(chance).rstrip(b"=").decode("ascii")


def key_hash(api_key: str) -> str:
    """Return the hash under which a key is kept and found. Raises MalformedKey."""
    if not _KEY.fullmatch(api_key):
        raise MalformedKey("a machine's API key is rvm_ and 43 characters")
    return hashlib.sha256(api_key.encode("ascii")).hexdigest()
