"""Bytes sealed by a passphrase: AES-256-GCM under a key by scrypt (RFC 7914), its salt before the sealed bytes.

N = 2^17, r = 8, p = 1: 128 MiB and a third of a second for each guess (OWASP, Password Storage Cheat Sheet, 2024).
"""

from __future__ import annotations

import os

from attrs import field, frozen
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from adapters.identity.seal import AesSeal
from application.ports.identity import SealBroken

SHORTEST = 12
"""Characters."""
_FIRST = b"myrvm-sealed-1\n"
_SALT_BYTES = 16


class UnfitPassphrase(ValueError):
    """Too short for what it protects."""


def _long_enough(_: object, __: object, passphrase: str) -> None:
    if len(passphrase) < SHORTEST:
        raise UnfitPassphrase(f"a backup's passphrase has at least {SHORTEST} characters")


@frozen
class PassphraseSeal:
    """Implements `Seal`. Raises UnfitPassphrase."""

    _passphrase: str = field(repr=False, validator=_long_enough)

    def sealed(self, plain: bytes, place: bytes) -> bytes:
        salt = os.urandom(_SALT_BYTES)
        return _FIRST + salt + self._with(salt).sealed(plain, place)

    def opened(self, sealed: bytes, place: bytes) -> bytes:
        if not sealed.startswith(_FIRST):
            raise SealBroken("these bytes were not sealed by a passphrase of ours")
        salt, rest = sealed[len(_FIRST) :][:_SALT_BYTES], sealed[len(_FIRST) + _SALT_BYTES :]
        return self._with(salt).opened(rest, place)

    def _with(self, salt: bytes) -> AesSeal:
        return AesSeal(Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(self._passphrase.encode()))
