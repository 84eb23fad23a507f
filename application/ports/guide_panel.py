"""The installer's side of the screen: the guide through a commissioning."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Protocol

from attrs import field, frozen

from domain.commissioning.guide import Guide, Reason
from domain.commissioning.lines import Unit, Verdict


class Deed(str, enum.Enum):
    """What an installer can press."""

    MEASURE = "measure"
    """Measure, or measure again."""
    ON = "on"
    """Go on with what was measured."""
    RIGHT = "right"
    """It looks as it should."""
    WRONG = "wrong"
    LEAVE = "leave"
    """Give it up, or be done: nothing that is not finished is kept."""


@frozen
class Begun:
    """Somebody says who installs the machine."""

    installer: str


@frozen
class Pressed:
    """Somebody pressed a button."""

    deed: Deed


@frozen
class PassedOver:
    """Somebody passes a step over."""

    reason: Reason


GuideWord = Begun | Pressed | PassedOver


@frozen
class Guided:
    """What is shown of a guide."""

    guide: Guide
    live: int | None = None
    """The number as it is now."""
    unit: Unit | None = None
    verdict: Verdict | None = None
    """What the finished report comes to."""
    key_id: str = ""
    """The name of the key that signed it."""
    failed: str = field(default="")
    """Why it could not be kept."""


class GuidePanel(Protocol):
    """Hears the installer and answers."""

    def heed(self, listener: Callable[[GuideWord], None]) -> None:
        """Call `listener` with each word from now on, from a thread of its own."""

    def lead(self, guided: Guided | None) -> None:
        """Show this, or no guide any more; quickly."""
