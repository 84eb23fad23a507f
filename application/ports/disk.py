"""The disk under the journal, asked how quickly it keeps what it is given."""

from __future__ import annotations

from typing import Protocol


class DiskProbe(Protocol):
    """Writes a little, as the journal does, and takes it away again."""

    def sync_us(self) -> int:
        """Return how long a durable write took, microseconds. Raises OSError when the disk cannot take it."""
