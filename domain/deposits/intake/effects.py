"""What the intake wants done: the only way in which a rule reaches the world.

The laws:
1. An effect with a ticket is a question: it is answered by exactly one event with that ticket, or never (and then the
   timer of the same ticket speaks). `SetTimer` is answered by `TimerFired`.
2. Effects are carried out in the order given. Nothing that takes time happens anywhere else.
"""

from __future__ import annotations

import enum

from attrs import frozen

from domain.deposits.bodies import Body, Picture
from domain.deposits.intake.events import Ticket
from domain.deposits.intake.view import View


class Way(str, enum.Enum):
    """Where an item is moved."""

    IN = "in"
    OUT = "out"
    LOOSE = "loose"
    """A little back, so that what is jammed comes loose."""


@frozen
class Journal:
    """Write this down durably. Answered by Journalled or JournalFailed; place, time and id are the runner's."""

    ticket: Ticket
    body: Body


@frozen
class Show:
    """Show this to the person."""

    view: View


@frozen
class SetTimer:
    """Answer with TimerFired after `delay` microseconds."""

    ticket: Ticket
    delay: int


@frozen
class VerifyToken:
    """Judge this code without asking anybody. Answered by TokenJudged."""

    ticket: Ticket
    text: str


@frozen
class Claim:
    """Ask the platform about this session, for the screen's sake. Answered by Claimed, or Failed when off line."""

    ticket: Ticket
    text: str


@frozen
class Capture:
    """Read the counters and take a picture. Answered by Captured, or Failed when the counters cannot be read."""

    ticket: Ticket


@frozen
class Recognise:
    """Say what is in the picture that was just taken. Answered by Recognised or Failed."""

    ticket: Ticket
    picture: Picture


@frozen
class LookAgain:
    """Take a picture of what is about to be moved. Answered by LookedAgain."""

    ticket: Ticket


@frozen
class Move:
    """Move the item, on its way in into this bin (None: there is one). Answered by Moved or Failed."""

    ticket: Ticket
    way: Way
    bin: str | None = None


@frozen
class Inspect:
    """Halt the motor, let it come to rest, then read counters and presence. Answered by Inspected or Failed."""

    ticket: Ticket


@frozen
class Restart:
    """Start the machine's software anew; its recovery decides what this life could not."""

    why: str


Effect = Journal | Show | SetTimer | VerifyToken | Claim | Capture | Recognise | LookAgain | Move | Inspect | Restart
