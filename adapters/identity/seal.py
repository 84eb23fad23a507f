"""Sealed bytes by AES-256-GCM (NIST SP 800-38D), with a random nonce before each."""

from __future__ import annotations

import os

from attrs import field, frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ports.identity import SealBroken

_NONCE_BYTES = 12


@frozen
class AesSeal:
    """Implements `Seal` with a 32-byte key."""

    _key: bytes = field(repr=False)

    def sealed(self, plain: bytes, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, plain, place)

    def opened(self, sealed: bytes, place: bytes) -> bytes:
        try:
            return AESGCM(self._key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as broken:
            raise SealBroken("sealed by another key, for another place, or changed since") from broken
