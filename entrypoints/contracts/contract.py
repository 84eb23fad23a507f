"""What a contract is: a promise of one port, and a function that holds a machine to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from attrs import frozen

from application.ports.hardware import Camera, Chute, Fitted, Signal


class Broken(AssertionError):
    """A part does not keep what its port promises; the message says what was seen."""


def expect(kept: object, otherwise: str) -> None:
    """Raise Broken with that message unless it is kept."""
    if not kept:
        raise Broken(otherwise)


class Hands(Protocol):
    """Somebody at the machine while it is checked: a technician who is asked, or a simulation that does it.

    Each returns when it is done; those that look return what they saw.
    """

    def put_item(self) -> None:
        """Put an item into the opening, where it is left."""

    def take_item(self) -> None:
        """Take the item back; from wherever a hand reaches."""

    def reach_in(self) -> None:
        """Hold a hand in the opening, and leave it there."""

    def draw_back(self) -> None:
        """Draw the hand back."""

    def pull_door(self) -> bool:
        """Pull at the door; return whether it opened."""

    def push_door(self) -> None:
        """Push the door shut."""

    def sees(self, signal: Signal) -> bool:
        """Look whether the light says that."""

    def leads_to(self, bin_name: str) -> bool:
        """Look whether the diverter leads to that bin."""


@frozen
class Machine:
    """What is checked."""

    chute: Chute
    fitted: Fitted
    hands: Hands
    camera: Camera | None = None
    films: bool = True
    """Whether the camera sees what is there, and does not show files."""


Check = Callable[[Machine], None]


@frozen
class Contract:
    """One promise. `part` is where a technician looks: `chute` (motor, counters, item sensor), `bin all`, `door`."""

    part: str
    promise: str
    check: Check
    by_hand: bool = False
    """Whether somebody has to be at the machine."""
