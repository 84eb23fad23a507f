"""What the application asks of the machine's body. Real pins, a microcontroller and simulators stand behind it.

Calls block until the thing is done and raise when it could not be done; the runner keeps them off the
thread that decides. What happens by itself (an item appears, a button is pressed) comes as a `Notice`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Protocol

from attrs import frozen

from application.ports.vision import Frame
from domain.deposits.bodies import Counters


class HardwareError(Exception):
    """A part of the machine did not do what it was asked; the message names the part and why."""


class MotionFailed(HardwareError):
    """The motor stalled, jammed, or the item did not pass the sensor in time."""


class CameraFailed(HardwareError):
    """The camera gave no picture."""


class PartUnreachable(HardwareError):
    """The part does not answer (unplugged, its link is down)."""


@frozen
class ItemPresence:
    """Whether something lies in the intake: a level, told whenever it changes and once at the start."""

    present: bool


class Button(str, enum.Enum):
    """What a person can press on the screen."""

    DONE = "done"
    GUEST = "guest"


@frozen
class ButtonPressed:
    """A person pressed a button."""

    button: Button


@frozen
class Fault:
    """A part reports a fault, or that it is over."""

    part: str
    present: bool


Notice = ItemPresence | ButtonPressed | Fault
"""What hardware tells by itself."""


class Camera(Protocol):
    """The camera over the intake."""

    def capture(self) -> Frame:
        """Return a fresh frame. Raises CameraFailed."""


class Chute(Protocol):
    """The intake: motor, item sensor and the microcontroller's lasting counters."""

    def halt(self) -> None:
        """Stop the motor at once. Raises HardwareError."""

    def take_in(self) -> None:
        """Move the item into the bin and return when it passed. Raises MotionFailed, PartUnreachable."""

    def give_back(self) -> None:
        """Move the item back to the opening and return when it is there. Raises MotionFailed, PartUnreachable."""

    def counters(self) -> Counters:
        """Read the lasting counters. Raises PartUnreachable."""

    def present(self) -> bool:
        """Tell whether something lies in the intake. Raises PartUnreachable."""


class NoticeSource(Protocol):
    """Where notices come from."""

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Call `listener` with each notice from now on, from a thread of its own, in order."""
