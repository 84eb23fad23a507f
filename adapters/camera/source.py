"""What a camera that runs by itself is made of: something that gives picture after picture until it breaks off."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width x 3, blue green red, contiguous."""


class Source(Protocol):
    """One way to a camera's pictures. One thread opens, reads and closes it; `interrupt` may come from any other."""

    @property
    def name(self) -> str:
        """Say which camera it is, as a technician would."""

    @property
    def waiting(self) -> int:
        """Tell how many pictures may wait, and grow old, while nobody reads."""

    def open(self) -> None:
        """Begin. Raises CameraFailed: it is not there, is taken, or does not do what is asked of it."""

    def read(self) -> Pixels:
        """Return the next whole picture, as the camera gives it. Raises CameraFailed: nothing comes any more."""

    def close(self) -> None:
        """End. What was never opened, or is closed already, may be closed."""

    def interrupt(self) -> None:
        """Make a `read` that waits fail soon, where that can be done."""
