"""A fail point that pulls the plug: the process kills itself with SIGKILL at a named place."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

from application.ports.fail_points import FailPoint, NoFailPoints


class KillAt:
    """Kills the process when `name` is reached for the `count`-th time."""

    def __init__(self, name: str, count: int) -> None:
        """Wait for that place."""
        self._name, self._left = name, count
        self._guard = threading.Lock()

    def reached(self, name: str) -> None:
        """Take note; from here, at the right moment, nothing returns."""
        with self._guard:
            if name != self._name:
                return
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class Noting:
    """Tells somebody of every place that is reached before it is passed on."""

    def __init__(self, behind: FailPoint, note: Callable[[str], None]) -> None:
        """`note` is told first."""
        self._behind, self._note = behind, note

    def reached(self, name: str) -> None:
        """Take note and pass it on."""
        self._note(name)
        self._behind.reached(name)


def fail_point(setting: str) -> FailPoint:
    """Make the fail point of the setting `NAME:COUNT`; none for an empty one. Raises ValueError."""
    if not setting:
        return NoFailPoints()
    name, separator, count = setting.rpartition(":")
    if not separator or not name or not count.isdigit() or int(count) < 1:
        raise ValueError(f"a fail point is NAME:COUNT, as in `after move in:1`, not {setting!r}")
    return KillAt(name, int(count))
