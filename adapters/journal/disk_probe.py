"""The port DiskProbe: a page written, synced and replaced beside the journal, as a keepsake is."""

from __future__ import annotations

import time
from pathlib import Path

from adapters.journal.keepsake import Keepsake

PAGE = b"\x5a" * 4_096


class FileDiskProbe:
    """Asks the disk of one folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing is written yet."""
        self._path = folder / "probe"

    def sync_us(self) -> int:
        """Return how long it took. Raises OSError."""
        began = time.perf_counter_ns()
        try:
            Keepsake(self._path).keep(PAGE)
            return (time.perf_counter_ns() - began) // 1_000
        finally:
            self._path.unlink(missing_ok=True)
            self._path.with_name(self._path.name + ".new").unlink(missing_ok=True)
