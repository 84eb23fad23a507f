"""The screen before the person, whatever it is made of."""

from __future__ import annotations

from typing import Protocol

from domain.deposits.intake.view import Note, ShownItem, View
from domain.deposits.intake.view import Screen as ScreenName

__all__ = ["Note", "Screen", "ScreenName", "ShownItem", "View"]


class Screen(Protocol):
    """Shows views."""

    def show(self, view: View) -> None:
        """Put this view before the person, in place of the one before; quickly, and once for each change.

        Raises HardwareError when nobody can see it; the cycle goes on without.
        """
