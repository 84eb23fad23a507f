"""What can happen to the intake: three kinds of small immutable values.

The laws:
1. Events from outside happen by themselves and carry no ticket.
2. Answers carry the ticket of the question they answer; a question and the timer that guards it share one ticket.
   An answer whose ticket is not the one that its asker waits for is stale, and dropped before any table sees it.
3. Signals are what one table tells another. They never come from outside and never leave a step.
4. Times are microseconds. `now` is UTC by a trusted clock, or None where the machine's clock is not trusted.
"""

from __future__ import annotations

from attrs import frozen

from domain.deposits.bodies import Counters, Opener, Picture
from domain.deposits.intake.view import ShownItem
from domain.deposits.recognition import Recognition
from domain.deposits.scanning import CodeVerdict
from domain.points.price_list import PriceList


@frozen
class Ticket:
    """Which question an answer belongs to. The boot id keeps one life's answers out of the next."""

    boot: str
    number: int


# ------------------------------------------------------------------ what the journal had open at boot


@frozen
class OpenItem:
    """An item that was decided on and never settled: where it is now only the counters can tell."""

    shown: ShownItem
    counters: Counters
    """As they stood when it was decided on."""


@frozen
class OpenEnd:
    """The visit that the journal's end leaves open, with what was settled in it."""

    visit: str
    by: Opener
    item: OpenItem | None
    items: tuple[ShownItem, ...]
    """What was settled in it, newest first."""
    paid: int
    """How many of them are paid for."""
    returned: int
    points: int | None
    """Points promised for them; None where items were counted instead."""


# ------------------------------------------------------------------ from outside


@frozen
class Booted:
    """The machine started; its motor was told to halt before anything was looked at."""

    boot: str
    left: OpenEnd | None
    faults: frozenset[str] = frozenset()
    """Parts already known to be broken, by name."""


@frozen
class QrRead:
    """A code was read; any text that a QR code can hold."""

    text: str


@frozen
class GuestPressed:
    """Somebody wants to give items without an account."""

    now: int | None


@frozen
class DonePressed:
    """The person has no more items."""


@frozen
class TechnicianAdmitted:
    """A technician has just proved who they are."""


@frozen
class TechnicianBusy:
    """The technician who was let in does something."""


@frozen
class ItemSeen:
    """Something lies in the intake now."""


@frozen
class ItemTaken:
    """Nothing lies in the intake any more."""


@frozen
class HandSeen:
    """Something other than an item is in the chute: a hand, an arm."""


@frozen
class HandGone:
    """The chute is free of hands again."""


@frozen
class PulledBack:
    """An item that had been counted in was seen coming out again."""


@frozen
class BinsChanged:
    """Which bins are full now, by name."""

    full: frozenset[str]


@frozen
class FaultSeen:
    """A part reports a fault."""

    part: str


@frozen
class FaultCleared:
    """A part reports that its fault is over."""

    part: str


@frozen
class PricesChanged:
    """Another price list is the newest verified one, or there is none."""

    prices: PriceList | None


Outside = (
    Booted | QrRead | GuestPressed | DonePressed | TechnicianAdmitted | TechnicianBusy | ItemSeen | ItemTaken
    | HandSeen | HandGone | PulledBack | BinsChanged | FaultSeen | FaultCleared | PricesChanged
)  # fmt: skip


# ------------------------------------------------------------------ answers


@frozen
class TokenJudged:
    """What the machine by itself thinks of a code."""

    ticket: Ticket
    verdict: CodeVerdict
    now: int | None


@frozen
class Claimed:
    """What the platform said to an early claim."""

    ticket: Ticket
    confirmed: bool
    why: str


@frozen
class Captured:
    """A picture was taken and the counters were read; `picture` is None when the camera gave none."""

    ticket: Ticket
    picture: Picture | None
    counters: Counters


@frozen
class Recognised:
    """What vision sees in the picture."""

    ticket: Ticket
    seen: Recognition
    now: int | None


@frozen
class LookedAgain:
    """Another picture was taken; None when the camera gave none."""

    ticket: Ticket
    picture: Picture | None


@frozen
class Moved:
    """The item went the way it was to go."""

    ticket: Ticket


@frozen
class Inspected:
    """The motor stands still, and this is how things are."""

    ticket: Ticket
    counters: Counters
    present: bool


@frozen
class Journalled:
    """The entry is durable; `entry` is its id."""

    ticket: Ticket
    entry: str


@frozen
class JournalFailed:
    """The entry may or may not be in the journal."""

    ticket: Ticket


@frozen
class Failed:
    """The question could not be answered; `why` is for people who mend machines."""

    ticket: Ticket
    why: str


@frozen
class TimerFired:
    """As much time as was set has passed."""

    ticket: Ticket


Answer = (
    TokenJudged | Claimed | Captured | Recognised | LookedAgain | Moved | Inspected | Journalled | JournalFailed
    | Failed | TimerFired
)  # fmt: skip


# ------------------------------------------------------------------ signals


@frozen
class Recover:
    """Health to visit and item: take up what the journal left open."""

    left: OpenEnd


@frozen
class ItemAdmitted:
    """Visit to item: what lies in the intake may be looked at."""


@frozen
class ItemFinished:
    """Item to visit: no item is in work any more; `item` is what was settled, or None when nothing was journalled."""

    item: ShownItem | None
    left_behind: bool = False
    """Whether it was given back and nobody took it."""


@frozen
class VisitFinished:
    """Visit to item and health: nobody is being served any more."""


@frozen
class Broken:
    """Item or visit to health: a part failed at its work."""

    part: str
    unsettled: bool = False
    """Whether an item was left without a settlement, so that only the recovery of a restart can tell."""


@frozen
class WentDown:
    """Health to visit: serve nobody any more."""


Signal = Recover | ItemAdmitted | ItemFinished | VisitFinished | Broken | WentDown

Event = Outside | Answer | Signal
