"""The end of a serial line that can be pulled and put back: a name in the file system, and a pty behind it."""

from __future__ import annotations

import contextlib
import os
import tty
from pathlib import Path


class Plug:
    """Whoever opens `path` while it is plugged in talks to whoever reads here."""

    def __init__(self, path: Path) -> None:
        """Nothing is plugged in yet."""
        self.path = path
        self._ends: tuple[int, int] | None = None

    @property
    def is_in(self) -> bool:
        """Whether it is plugged in."""
        return self._ends is not None

    def put(self) -> None:
        """Plug it in."""
        if self._ends is None:
            ours, theirs = os.openpty()
            tty.setraw(theirs)
            os.set_blocking(ours, False)
            self._ends = ours, theirs
            self.path.unlink(missing_ok=True)
            self.path.symlink_to(os.ttyname(theirs))

    def pull(self) -> None:
        """Pull it out: who has it open hears nothing any more, and nobody can open it."""
        if self._ends is not None:
            self.path.unlink(missing_ok=True)
            for end in self._ends:
                os.close(end)
            self._ends = None

    def read(self) -> bytes:
        """Return what came by now."""
        assert self._ends is not None
        try:
            return os.read(self._ends[0], 4_096)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        """Send; what nobody reads is lost, as on a wire."""
        assert self._ends is not None
        with contextlib.suppress(BlockingIOError):
            os.write(self._ends[0], data)
