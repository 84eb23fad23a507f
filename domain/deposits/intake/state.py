"""Everything the intake knows, as one immutable value of three parts, and the limits it keeps.

The laws:
1. Each part is written by its own table only; any rule may read all of them.
2. Presence, the price list and the set of faults are levels: they are set before a table hears of the change.
3. Nothing here grows without a bound.
"""

from __future__ import annotations

import enum

from attrs import frozen

from domain.deposits.acceptance import Policy
from domain.deposits.bins import Bin
from domain.deposits.bodies import Counters, Ending, ItemDecided, Opener, Outcome, Picture
from domain.deposits.intake.events import OpenEnd, Ticket
from domain.deposits.intake.view import Note, Screen, ShownItem, View
from domain.deposits.scanning import CodeVerdict
from domain.points.price_list import PriceList

SECOND = 1_000_000
"""Microseconds."""
MOST_SUSPECTS = 4
"""Items that were pulled back and wait to be told of."""
MOST_PULLED = 8
"""Items that were pulled back and are not taken again."""
MOST_SPENT = 32
"""Codes that are remembered as used up; an older one has expired long since."""


class VisitState(str, enum.Enum):
    """Where the serving of a person stands."""

    IDLE = "idle"
    VERIFYING = "verifying"
    CLAIMING = "claiming"
    OPENING = "opening"
    OPEN = "open"
    ENDING = "ending"
    REPORTING = "reporting"
    CLOSING = "closing"
    MAINTENANCE = "maintenance"
    """A technician works at the machine; nobody is served."""


class ItemState(str, enum.Enum):
    """Where the one item in work stands."""

    NONE = "none"
    CAPTURING = "capturing"
    RECOGNISING = "recognising"
    DECIDING = "deciding"
    CHECKING = "checking"
    BLOCKED = "blocked"
    STORING = "storing"
    CLEARING = "clearing"
    RETURNING = "returning"
    OFFERED = "offered"
    INSPECTING = "inspecting"
    SETTLING = "settling"


class HealthState(str, enum.Enum):
    """Whether the machine serves."""

    OFF = "off"
    STARTING = "starting"
    RECOVERING = "recovering"
    IN_SERVICE = "in_service"
    DRAINING = "draining"
    OUT = "out"


class Part(str, enum.Enum):
    """Parts that the intake itself finds broken. `domain.body` names others, and so may hardware."""

    CAMERA = "camera"
    """Gave no picture; tried again while out of service."""
    CHUTE = "chute"
    """Does not answer; tried again while out of service."""
    HAND = "hand"
    """A hand stays in the chute."""
    JOURNAL = "journal"
    """An entry may or may not be there: only a restart can tell."""
    MOTOR = "motor"
    """An item did not go where it should and lies jammed: somebody must look."""
    SELF_TEST = "self_test"
    """Not broken: nobody is there, and the machine tests itself."""
    STOPPED = "stopped"
    """Not broken: whoever runs the machine asks it to stop, and what was begun is finished."""
    VISION = "vision"
    """Failed at several pictures in a row; a restart loads it anew."""


@frozen
class Limits:
    """How long anything may take, microseconds, and how often it is tried."""

    verify: int = 2 * SECOND
    claim: int = 4 * SECOND
    journal: int = 10 * SECOND
    capture: int = 5 * SECOND
    recognise: int = 20 * SECOND
    move: int = 15 * SECOND
    inspect: int = 5 * SECOND
    idle: int = 60 * SECOND
    """Without an item, until a visit is over."""
    phone: int = 3 * SECOND // 2
    """For a phone to leave the camera's view, where something lies there already as a visit opens."""
    hand: int = 10 * SECOND
    """For a hand to leave the chute."""
    offer: int = 20 * SECOND
    """For a person to take an item back."""
    notice: int = 5 * SECOND
    """That thanks or a refused code stay on the screen."""
    probe: int = 30 * SECOND
    """Between two attempts to come back into service."""
    captures: int = 2
    clears: int = 1
    """Attempts at freeing one item that is stuck, each followed by another at taking it in."""
    moves: int = 2
    """Attempts at moving one item out."""
    looks: int = 4
    misses: int = 3
    """Pictures in a row that vision may fail at."""

    maintenance: int = 300 * SECOND
    """Until a technician who does nothing any more has left."""

    @property
    def rest(self) -> int:
        """Longest until the machine is idle or out of service when nothing answers any more, microseconds."""
        looking = 2 * self.captures * self.capture + self.recognise + self.hand
        turns = self.moves + 1 + 2 * self.clears
        moving = turns * self.move + turns * self.looks * self.inspect
        writing = (3 + MOST_SUSPECTS) * self.journal
        waiting = max(self.verify + self.claim + self.idle, self.maintenance)
        return waiting + looking + moving + self.offer + writing


@frozen
class Configuration:
    """What a life of the machine starts with."""

    software: str
    model: str
    policy: Policy
    limits: Limits = Limits()
    bins: tuple[Bin, ...] = ()
    """Where items fall; empty where there is one bin and no choice."""


@frozen
class Visit:
    """The person at the machine; in `idle` what is left of the last one, until the notice is over."""

    state: VisitState = VisitState.IDLE
    ticket: Ticket | None = None
    by: Opener | None = None
    code: str | None = None
    """The text of the QR that is served, judged or refused."""
    now: int | None = None
    """Trusted time when it was judged."""
    claimed: bool = False
    id: str | None = None
    phone: bool = False
    """Whether something lay there as the visit opened, and is left alone until the phone had time to go."""
    why: Ending | None = None
    """Why it ends, once that is known."""
    next_code: str | None = None
    """Another person's QR, to be served next."""
    paid: int = 0
    returned: int = 0
    points: int | None = None
    items: tuple[ShownItem, ...] = ()
    notes: frozenset[Note] = frozenset()
    notice: Screen | None = None
    """`thanks` or `code_refused` while that is shown in `idle`."""
    verdict: CodeVerdict | None = None


@frozen
class Item:
    """The one item in work."""

    state: ItemState = ItemState.NONE
    ticket: Ticket | None = None
    tries: int = 0
    """Of the question that is being asked."""
    failed_moves: int = 0
    going_out: bool = False
    """Whether the last move was one out."""
    taken: bool = False
    """A hand took it out before the machine could do anything more with it."""
    picture: Picture | None = None
    counters: Counters | None = None
    """As they stood before anything moved."""
    bin: str | None = None
    """Where it is to fall."""
    clears: int = 0
    """Attempts at freeing it."""
    changed: bool = False
    """What lies there is not what was recognised."""
    decided: ItemDecided | None = None
    """What was decided and is on its way into the journal."""
    shown: ShownItem | None = None
    """What stands in the journal of it; None for an item that has no entry."""
    outcome: Outcome | None = None
    """What is on its way into the journal as its settlement."""
    misses: int = 0
    """Pictures in a row that vision failed at, over items."""


@frozen
class Health:
    """The machine as a whole."""

    state: HealthState = HealthState.OFF
    ticket: Ticket | None = None
    faults: frozenset[str] = frozenset()
    left: OpenEnd | None = None
    journal_lost: bool = False
    """After a failed append: nothing is appended until a restart."""
    unsettled: bool = False
    """An item's whereabouts could not be found out: its entry is left open for a restart's recovery."""


@frozen
class Stored:
    """The last item that was taken in, in case it comes out again."""

    visit: str | None
    item: str
    perceptual_hash: str | None


@frozen
class Intake:
    """The whole state."""

    configuration: Configuration
    boot: str = ""
    tickets: int = 0
    """How many were given out in this life."""
    present: bool = False
    hand: bool = False
    """Whether a hand is in the chute."""
    full: frozenset[str] = frozenset()
    """Bins that are full."""
    last_in: Stored | None = None
    suspects: tuple[Stored | None, ...] = ()
    """Items that were pulled out again and are still to be told of in the journal; None: nobody knows which."""
    pulled: tuple[str, ...] = ()
    """Perceptual hashes of items that were pulled out again, oldest first: they are not paid for a second time."""
    prices: PriceList | None = None
    spent: tuple[str, ...] = ()
    """Codes whose visits were closed in the ordinary way, oldest first."""
    visit: Visit = Visit()
    item: Item = Item()
    health: Health = Health()
    shown: View | None = None
    """What the screen shows."""

    @property
    def serving(self) -> bool:
        """Whether new work may begin."""
        return self.health.state is HealthState.IN_SERVICE

    @property
    def may_append(self) -> bool:
        """Whether an entry may still be written for the visit that is open."""
        return not (self.health.journal_lost or self.health.unsettled)


def asleep(configuration: Configuration) -> Intake:
    """Return the state before the first event, which is Booted."""
    return Intake(configuration)
