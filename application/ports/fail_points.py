"""Named places where a test may pull the plug; on a machine nothing stands behind them."""

from __future__ import annotations

from typing import Protocol


class FailPoint(Protocol):
    """Told of each place that is reached."""

    def reached(self, name: str) -> None:
        """Take note of `name`, as in `before journal item_decided` or `after move in`; may never return."""


class NoFailPoints:
    """What a machine in the street has."""

    def reached(self, name: str) -> None:
        """Go on."""
