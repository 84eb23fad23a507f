"""A claim code: what an operator hands to whoever installs a machine, good once and not for long.

    issued ──▶ used        a machine showed it, with the public key of the pair that it made
           ──▶ expired     nobody did in time
           ──▶ withdrawn   the operator thought better of it

It is read aloud and typed, so it has letters and digits that are not taken for each other, and a check sign that finds
a slip. Only its hash is kept. The machine that used it may show it again with the same key (the answer got lost).
"""

from __future__ import annotations

import enum
import hashlib

from attrs import evolve, frozen

from domain.fleet.machine import Machine

SECONDS = 1_000_000
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U."""
CHANCE_BYTES = 10
"""Random bytes in a code: 80 bits, 16 signs; too many to guess, so a plain hash at rest is enough."""
SIGNS = 17
"""With the check sign."""
GROUP = 6
SHORTEST_LIFE, LONGEST_LIFE = 60, 30 * 24 * 3600
"""Seconds."""
USUAL_LIFE = 24 * 3600
_READ = {**{sign: sign for sign in ALPHABET}, "I": "1", "L": "1", "O": "0"}


class MalformedCode(ValueError):
    """This text is no claim code: a sign is wrong, missing or too many."""


class UnfitLife(ValueError):
    """A code cannot live so long, or so shortly."""


class CodeOver(Exception):
    """It is used by another machine, expired or withdrawn; the message tells which."""


class State(str, enum.Enum):
    """What became of a code."""

    ISSUED = "issued"
    USED = "used"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@frozen
class ClaimCode:
    """One code. Times are microseconds UTC."""

    id: str
    organisation: str
    code_hash: str
    name: str
    """Of the machine to be."""
    site: str
    issued_by: str
    issued_at: int
    expires_at: int
    state: State = State.ISSUED
    machine: str | None = None
    public_key: bytes | None = None
    """Of the machine that used it."""
    ended_at: int | None = None


def write(chance: bytes) -> str:
    """Make a code from CHANCE_BYTES random bytes: `7KQ2MX-0D9TPA-VB5R1`."""
    if len(chance) != CHANCE_BYTES:
        raise ValueError(f"a claim code is made of {CHANCE_BYTES} random bytes")
    number = int.from_bytes(chance, "big")
    signs = "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    return _grouped(signs + _check(signs))


def code_hash(code: str) -> str:
    """Return the hash under which a code is kept and found, however it is typed. Raises MalformedCode."""
    typed = code.upper().replace("-", "").replace(" ", "")
    if len(typed) != SIGNS:
        raise MalformedCode(f"a claim code has {SIGNS} letters and digits")
    try:
        signs = "".join(_READ[sign] for sign in typed)
    except KeyError as unknown:
        raise MalformedCode("a claim code has letters (no U) and digits") from unknown
    if _check(signs[:-1]) != signs[-1]:
        raise MalformedCode("a sign of this claim code is wrong, or two changed places")
    return hashlib.sha256(signs.encode("ascii")).hexdigest()


def issue(
    id: str, organisation: str, hashed: str, name: str, site: str, by: str, now: int, life: int = USUAL_LIFE
) -> ClaimCode:
    """Issue a code good for `life` seconds. Raises UnfitLife, InvalidName."""
    if not SHORTEST_LIFE <= life <= LONGEST_LIFE:
        raise UnfitLife(f"a claim code lives {SHORTEST_LIFE} to {LONGEST_LIFE} seconds")
    Machine(id, organisation, name, hashed, now)  # the same rule for its name, told now and not at the machine
    return ClaimCode(id, organisation, hashed, name, site, by, now, now + life * SECONDS)


def use(code: ClaimCode, machine: str, public_key: bytes, now: int) -> ClaimCode:
    """Use it for a new machine; by the same key again, in its time, nothing changes. Raises CodeOver."""
    if code.state is State.USED and code.public_key == public_key and now < code.expires_at:
        return code
    if code.state is State.ISSUED and now >= code.expires_at:
        raise CodeOver("this claim code is expired")
    if code.state is not State.ISSUED:
        raise CodeOver(f"this claim code is {code.state.value}")
    return evolve(code, state=State.USED, machine=machine, public_key=public_key, ended_at=now)


def withdraw(code: ClaimCode, now: int) -> ClaimCode:
    """Withdraw it; again changes nothing. Raises CodeOver."""
    if code.state is State.WITHDRAWN:
        return code
    if code.state is not State.ISSUED:
        raise CodeOver(f"this claim code is {code.state.value}")
    return evolve(code, state=State.WITHDRAWN, ended_at=now)


def seen(code: ClaimCode, now: int) -> State:
    """Return its state once its time is considered."""
    return State.EXPIRED if code.state is State.ISSUED and now >= code.expires_at else code.state


def _check(signs: str) -> str:
    """Return the check sign, a sum over GF(32): finds one wrong sign, and two neighbours that changed places."""
    total = 0
    for sign in signs:
        total = _doubled(total) ^ _WEIGHT[sign]
    return ALPHABET[_doubled(total)]


def _doubled(value: int) -> int:
    """Multiply by x, modulo x^5 + x^2 + 1 (primitive)."""
    return value << 1 ^ (0b100101 if value & 16 else 0)


_WEIGHT = {sign: value for value, sign in enumerate(ALPHABET)}


def _grouped(signs: str) -> str:
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))
