"""The technician's side of the screen: where a PIN is entered, and the menu behind it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Protocol

from attrs import field, frozen

from domain.deposits.bodies import Counters


class Order(str, enum.Enum):
    """What a technician can have done from the menu."""

    LOOK = "look"
    """Read sensors and counters anew."""
    OPEN_DOOR = "open_door"
    MOTOR_IN = "motor_in"
    MOTOR_OUT = "motor_out"
    PICTURE = "picture"
    BIN_EMPTIED = "bin_emptied"
    """The technician says so: what was full is taken for empty until the sensors say otherwise."""
    SELF_TEST = "self_test"
    COMMISSION = "commission"
    """Be led through the commissioning."""
    RESTART = "restart"


@frozen
class PinEntered:
    """Somebody entered digits."""

    pin: str = field(repr=False)


@frozen
class Ordered:
    """A technician wants something done."""

    order: Order


Word = PinEntered | Ordered


class PinVerdict(str, enum.Enum):
    """What became of a PIN."""

    CHECKING = "checking"
    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    """Not even looked at: too many were wrong."""
    NOT_SET = "not_set"
    """This machine was not given a technician's PIN."""
    BUSY = "busy"
    """Somebody is being served."""


@frozen
class Service:
    """What the panel shows beside the view."""

    pin: PinVerdict | None = None
    wait: int = 0
    """Microseconds until a PIN may be tried again, when this was told."""
    doing: Order | None = None
    done: Order | None = None
    """What was done last."""
    failed: str | None = None
    """Why it was not, in the hardware's words."""
    counters: Counters | None = None
    """None where they cannot be read."""
    present: bool | None = None
    """Whether something lies in the intake; None where nobody can tell."""
    unsent: int = 0
    picture: str | None = None
    """SHA-256 of the picture that was taken last."""
    warnings: tuple[str, ...] = ()
    """Lines of the newest self-test that somebody should look at, by name."""
    orders: tuple[Order, ...] = ()
    """What this machine can do."""


class ServicePanel(Protocol):
    """Hears the technician and answers."""

    def hear(self, listener: Callable[[Word], None]) -> None:
        """Call `listener` with each word from now on, from a thread of its own."""

    def answer(self, service: Service) -> None:
        """Show this; quickly."""
