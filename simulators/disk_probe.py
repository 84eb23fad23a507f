"""The port DiskProbe on a disk that takes as long as it is told, or is full."""

from __future__ import annotations

from attrs import define


@define
class SimulatedDiskProbe:
    """A disk."""

    takes_us: int = 8_000
    full: bool = False

    def sync_us(self) -> int:
        """Return how long it took. Raises OSError."""
        if self.full:
            raise OSError(28, "No space left on device")
        return self.takes_us
