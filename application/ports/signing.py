"""Ed25519 signatures: the standard library has none, so the rules ask for them here."""

from __future__ import annotations

from typing import Protocol


class Signer(Protocol):
    """Signs with the platform's key."""

    @property
    def key_id(self) -> str:
        """First 8 hexadecimal digits of the SHA-256 of the raw public key."""

    @property
    def public_key(self) -> bytes:
        """Raw Ed25519 public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature (RFC 8032)."""


class SignatureVerifier(Protocol):
    """Checks signatures."""

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether `signature` is this key's over `message`; False for malformed keys and signatures too."""
