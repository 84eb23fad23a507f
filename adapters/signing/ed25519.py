"""Ed25519 signatures: a key that lives in a file only its owner can read, and a verifier."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

OWNER_ONLY = 0o600


class UnreadableKey(Exception):
    """The file holds no Ed25519 private key, or others can read it; the message names the file and why."""


def key_id_of(public_key: bytes) -> str:
    """Return the name of a key: the first 8 hexadecimal digits of the SHA-256 of its 32 raw bytes."""
    return hashlib.sha256(public_key).hexdigest()[:8]


class Ed25519Signer:
    """The signer port on a private key in memory."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        """Take the key; `from_file` is the usual way."""
        self._key = private_key
        self._public = private_key.public_key().public_bytes_raw()

    @classmethod
    def from_file(cls, path: Path) -> Ed25519Signer:
        """Read the key, or make one and keep it there (mode 0600) when there is no file.

        Raises UnreadableKey: another kind of key, broken, or readable by others.
        """
        try:
            handle = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return cls._made(path)
        with os.fdopen(handle, "rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise UnreadableKey(f"{path}: others may read it; its mode must be 0600")
            try:
                key = serialization.load_pem_private_key(file.read(), password=None)
            except (ValueError, TypeError) as broken:
                raise UnreadableKey(f"{path}: {broken}") from broken
        if not isinstance(key, Ed25519PrivateKey):
            raise UnreadableKey(f"{path}: {type(key).__name__} is no Ed25519 private key")
        return cls(key)

    @classmethod
    def _made(cls, path: Path) -> Ed25519Signer:
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails where a name is taken: of two workers that start at once, one key wins for both.
            os.link(new, path)
        except FileExistsError:
            return cls.from_file(path)
        finally:
            new.unlink()
        return cls(key)

    @property
    def key_id(self) -> str:
        """First 8 hexadecimal digits of the SHA-256 of the raw public key."""
        return key_id_of(self._public)

    @property
    def public_key(self) -> bytes:
        """Raw Ed25519 public key, 32 bytes."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature."""
        return self._key.sign(message)


class Ed25519Verifier:
    """The verifier port; it holds nothing."""

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether `signature` is this key's over `message`; False for malformed keys and signatures too."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True
