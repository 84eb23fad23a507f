"""A seal in place of Ed25519, from the standard library alone: the same shapes, and no secret at all.

It stands in where cryptography must not be imported. Whoever knows the public key can forge it, which is why it lives
among the simulators.
"""

from __future__ import annotations

import hashlib


class SimulatedSigner:
    """Seals messages."""

    def __init__(self, seed: int = 0) -> None:
        """Make a key from a seed."""
        self._public = hashlib.sha256(f"simulated key {seed}".encode()).digest()

    @property
    def key_id(self) -> str:
        """First 8 hexadecimal digits of the SHA-256 of the raw public key."""
        return hashlib.sha256(self._public).hexdigest()[:8]

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return 64 bytes."""
        return hashlib.sha512(self._public + message).digest()


class SimulatedVerifier:
    """Checks those seals."""

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether `signature` is this key's over `message`."""
        return len(public_key) == 32 and signature == hashlib.sha512(public_key + message).digest()
