"""The platform's one secret of identity, and the keys derived from it, one per purpose (HKDF, RFC 5869)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32


class UnfitSecret(ValueError):
    """This file holds no secret of ours; the message names the file (never what is in it)."""


def kept_secret(file: Path) -> bytes:
    """Return the secret in a file, made at the first call and readable by its owner only. Raises UnfitSecret."""
    file.parent.mkdir(parents=True, exist_ok=True)
    _make(file)
    secret = file.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise UnfitSecret(f"{file} has {len(secret)} bytes where a secret has {SECRET_BYTES}")
    return secret


def key_for(purpose: str, secret: bytes) -> bytes:
    """Derive the key of a purpose, 32 bytes. Knowing one purpose's key tells nothing of another's."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"myrvm/{purpose}/1".encode()).derive(secret)


def _make(file: Path) -> None:
    """Write a new secret unless there is one; whole or not at all, and of two workers the first wins."""
    if file.exists():
        return
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(secrets.token_bytes(SECRET_BYTES))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
