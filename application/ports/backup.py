"""What taking and bringing back a backup needs: the store as a whole, the keys, and a place for the copies.

A place is the name of a file in an archive, as the archive gives it; who is no adapter only hands it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen

from application.ports.objects import Objects
from domain.backup.manifest import Piece


class RestoreRefused(Exception):
    """Nothing is brought back here, and nothing was changed; the message says why."""


@frozen
class Copied:
    """A copy of the store, as it is found."""

    revision: str
    source: str
    """The engine, with its version."""
    rows: Mapping[str, int] = field(hash=False)


class StoreCopies(Protocol):
    """The platform's store, copied out as it is at one moment, and brought back whole or not at all."""

    def copy_to(self, place: str) -> Copied:
        """Copy the store while others go on using it. Raises StoreError, BackupUnfit (another release's schema)."""

    def look_at(self, place: str) -> Copied:
        """Read a copy and check it by its own means. Raises BackupUnfit: damaged, or of a newer release."""

    def admit(self, *, replace: bool) -> None:
        """Say nothing if a copy may be brought back.

        Raises RestoreRefused: somebody uses the store, or it holds something and that is not to be replaced.
        """

    def bring_back(self, place: str) -> None:
        """Make the store what the copy is, at this release's revision. Raises StoreError; then nothing was changed."""


class Keys(Protocol):
    """The platform's keys: what signs its codes and price lists, and the secret of its tokens."""

    def all(self) -> Mapping[str, bytes]:
        """Return them by name. Raises BackupUnfit when one is missing."""

    def admit(self, keys: Mapping[str, bytes], *, replace: bool) -> None:
        """Say nothing if these may be brought back. Raises RestoreRefused: there are others."""

    def bring_back(self, keys: Mapping[str, bytes]) -> None:
        """Make these the platform's keys, each whole."""


class Archive(Protocol):
    """The folder of one backup. It appears when it is finished, not before."""

    objects: Objects

    def place(self, name: str) -> str:
        """Return the place of one of its files."""

    def piece(self, name: str) -> Piece:
        """Read a file to its end. Raises BackupUnfit when it is not there."""

    def keep(self, name: str, content: bytes) -> None:
        """Write a small file."""

    def content(self, name: str) -> bytes:
        """Return a small file. Raises BackupUnfit when it is not there."""

    def finish(self) -> None:
        """Let the backup appear, lasting."""


class Mark(Protocol):
    """A mark beside the platform's data: while it is there, no platform starts on it."""

    @property
    def there(self) -> bool:
        """Whether a restore was begun and not ended."""

    def set(self) -> None:
        """Set it, lasting."""

    def clear(self) -> None:
        """Take it away, lasting."""
