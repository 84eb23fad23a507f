"""A few bytes that outlive a restart, beside the journal."""

from __future__ import annotations

from typing import Protocol


class Keepsake(Protocol):
    """Keeps one thing: the last that was given."""

    def keep(self, content: bytes) -> None:
        """Replace what is kept, durably and whole. Raises OSError when the disk cannot take it; the old one stays."""

    def kept(self) -> bytes | None:
        """Return what is kept, or None."""
