"""Refresh tokens: family, generation and an HMAC-SHA256 over both, in URL-safe base64.

The same generation always gives the same text. So a lost reply can be answered again word for word
without a token being kept anywhere: the database holds a family's generation, and whoever steals the
database without the key can write no token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
import uuid

from attrs import field, frozen

from domain.people.refresh import RefreshUnknown

_NAMED = struct.Struct(">B16sI")
_VERSION = 1
_MAC_BYTES = 32
_CHARACTERS = 72
"""53 bytes in base64, padding included."""


@frozen
class HmacRefreshTokens:
    """Implements `RefreshTokens` with a 32-byte key."""

    _key: bytes = field(repr=False)

    def write(self, family: str, generation: int) -> str:
        named = _NAMED.pack(_VERSION, uuid.UUID(family).bytes, generation)
        return base64.urlsafe_b64encode(named + self._mac(named)).decode("ascii")

    def read(self, token: str) -> tuple[str, int]:
        raw = _decoded(token)
        named, mac = raw[: _NAMED.size], raw[_NAMED.size :]
        if not hmac.compare_digest(mac, self._mac(named)):
            raise RefreshUnknown("this is no refresh token of ours")
        _, family, generation = _NAMED.unpack(named)
        return str(uuid.UUID(bytes=family)), generation

    def _mac(self, named: bytes) -> bytes:
        return hmac.new(self._key, named, hashlib.sha256).digest()


def _decoded(token: str) -> bytes:
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True) if len(token) == _CHARACTERS else b""
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _NAMED.size + _MAC_BYTES:
        raise RefreshUnknown("this is no refresh token of ours")
    return raw
