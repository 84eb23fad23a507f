"""Password hashes by argon2id (RFC 9106), in the PHC text form that names its own parameters."""

from __future__ import annotations

import base64
import secrets
import threading

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from attrs import field, frozen

AT_ONCE = 4
"""Passwords hashed at the same time: many sign-ins at once wait for their turn instead of taking all memory."""


@frozen
class Argon2Cost:
    """What one hash costs. The default is RFC 9106's second recommended option: 64 MiB, 3 passes, 4 lanes."""

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 4


@frozen
class Argon2Passwords:
    """Implements `PasswordHasher`."""

    cost: Argon2Cost = Argon2Cost()
    at_once: int = AT_ONCE
    _hasher: PasswordHasher = field(init=False, repr=False)
    _turns: threading.BoundedSemaphore = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        hasher = PasswordHasher(
            time_cost=self.cost.passes, memory_cost=self.cost.memory_kib, parallelism=self.cost.lanes,
            hash_len=32, salt_len=16, type=Type.ID,
        )  # fmt: skip
        object.__setattr__(self, "_hasher", hasher)
        object.__setattr__(self, "_turns", threading.BoundedSemaphore(self.at_once))

    def hash(self, password: str) -> str:
        with self._turns:
            return self._hasher.hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        try:
            with self._turns:
                return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, hashed: str) -> bool:
        try:
            return self._hasher.check_needs_rehash(hashed)
        except InvalidHashError:
            return True

    def decoy(self) -> str:
        salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
        cost = f"m={self.cost.memory_kib},t={self.cost.passes},p={self.cost.lanes}"
        return f"$argon2id$v=19${cost}${salt}${digest}"
