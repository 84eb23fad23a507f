"""What the QR says: a session token, made by the platform and verified by a machine with no network.

    version  key id  organisation  person  session  expires  lives  machine flag [machine]   signature
       1        4         8          16       16        5       2          1        [16]         64     bytes

Big-endian; Ed25519 (RFC 8032) over everything before the signature; written in base45 (RFC 9285), whose
alphabet is a QR code's alphanumeric mode: 176 characters (200 with a machine), so at most QR version 7.
`expires` is seconds since 1970, `lives` seconds before that at which the token was issued. The person is
a random id: a token holds nothing that deleting an account must destroy.

This file turns claims into bytes and back; signing and verifying are effects, for the standard library
has no Ed25519.
"""

from __future__ import annotations

import functools
import struct
import uuid
from typing import Any

from attrs import field, frozen

VERSION = 1
SIGNATURE_BYTES = 64
SECONDS = 1_000_000
"""Microseconds in a second."""

_FIXED = struct.Struct(">B4s8s16s16s5sHB")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_DIGIT = {character: value for value, character in enumerate(_ALPHABET)}
_LONGEST_TEXT = 240


class MalformedToken(ValueError):
    """This text is no session token; the message names what is wrong with it."""


def _is_uuid(_: object, __: object, value: Any) -> None:
    if value is not None and str(uuid.UUID(value)) != value:
        raise ValueError(f"{value!r} is not a UUID in its usual form")


@frozen
class Claims:
    """What a token claims. `organisation` and `key_id` are 16 and 8 hexadecimal digits."""

    key_id: str
    organisation: str
    person: str = field(validator=_is_uuid)
    session: str = field(validator=_is_uuid)
    expires: int
    """Seconds since 1970, UTC."""
    lives: int
    """Seconds from issue to expiry."""
    machine: str | None = field(default=None, validator=_is_uuid)
    """The only machine that may take it, or None for any of the organisation."""

    def valid_within(self, earliest: int, latest: int) -> bool:
        """Tell whether the token was valid anywhere in the span, microseconds UTC."""
        issued = (self.expires - self.lives) * SECONDS
        return issued <= latest and earliest < self.expires * SECONDS


@frozen
class Token:
    """A token as it was read: its claims, the bytes that were signed, and the signature (not verified)."""

    claims: Claims
    signed: bytes
    signature: bytes


def to_sign(claims: Claims) -> bytes:
    """Return the bytes of the claims, over which the signature is made."""
    fixed = _FIXED.pack(
        VERSION,
        bytes.fromhex(claims.key_id),
        bytes.fromhex(claims.organisation),
        uuid.UUID(claims.person).bytes,
        uuid.UUID(claims.session).bytes,
        claims.expires.to_bytes(5, "big"),
        claims.lives,
        1 if claims.machine else 0,
    )
    return fixed + (uuid.UUID(claims.machine).bytes if claims.machine else b"")


def to_text(claims: Claims, signature: bytes) -> str:
    """Return the text of the QR code."""
    return _base45(to_sign(claims) + signature)


@functools.lru_cache(maxsize=256)
def from_text(text: str) -> Token:
    """Read a token. Raises MalformedToken; the signature is not verified here."""
    raw = _from_base45(text)
    if len(raw) < _FIXED.size + SIGNATURE_BYTES:
        raise MalformedToken(f"too short for a session token: {len(raw)} bytes")
    version, key, organisation, person, session, expires, lives, bound = _FIXED.unpack_from(raw)
    if version != VERSION:
        raise MalformedToken(f"token version {version} is not known here; {VERSION} is")
    if bound not in (0, 1) or len(raw) != _FIXED.size + 16 * bound + SIGNATURE_BYTES:
        raise MalformedToken(f"a session token of this kind has another length than {len(raw)} bytes")
    claims = Claims(
        key_id=key.hex(),
        organisation=organisation.hex(),
        person=str(uuid.UUID(bytes=person)),
        session=str(uuid.UUID(bytes=session)),
        expires=int.from_bytes(expires, "big"),
        lives=lives,
        machine=str(uuid.UUID(bytes=raw[_FIXED.size : _FIXED.size + 16])) if bound else None,
    )
    return Token(claims=claims, signed=raw[:-SIGNATURE_BYTES], signature=raw[-SIGNATURE_BYTES:])


def _base45(raw: bytes) -> str:
    text: list[str] = []
    for at in range(0, len(raw) - 1, 2):
        high, rest = divmod(raw[at] * 256 + raw[at + 1], 45 * 45)
        middle, low = divmod(rest, 45)
        text += (_ALPHABET[low], _ALPHABET[middle], _ALPHABET[high])
    if len(raw) % 2:
        middle, low = divmod(raw[-1], 45)
        text += (_ALPHABET[low], _ALPHABET[middle])
    return "".join(text)


def _from_base45(text: str) -> bytes:
    if len(text) > _LONGEST_TEXT:
        raise MalformedToken(f"too long for a session token: {len(text)} characters")
    try:
        digits = [_DIGIT[character] for character in text]
    except KeyError as odd:
        raise MalformedToken(f"character {odd} is not in a session token") from odd
    raw = bytearray()
    for at in range(0, len(digits) - 2, 3):
        value = digits[at] + 45 * digits[at + 1] + 2025 * digits[at + 2]
        if value >= 1 << 16:
            raise MalformedToken(f"characters {at}..{at + 3} are no base45")
        raw += value.to_bytes(2, "big")
    rest = digits[len(digits) - len(digits) % 3 :]
    if rest:
        value = rest[0] + 45 * rest[1] if len(rest) == len("LM") else 1 << 8
        if value >= 1 << 8:
            raise MalformedToken(f"the last {len(rest)} characters are no base45")
        raw.append(value)
    return bytes(raw)
