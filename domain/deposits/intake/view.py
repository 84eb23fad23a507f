"""What the screen shows, as a value without a language: the screen's adapter turns it into words and pictures.

The law: a view tells only what stands in the journal. An item appears here once its `item_decided` is durable, and
is counted once its `item_settled` is.
"""

from __future__ import annotations

import enum

from attrs import frozen

from domain.deposits.acceptance import Reason
from domain.deposits.bodies import Opener, Outcome
from domain.deposits.recognition import Box, Material
from domain.deposits.scanning import CodeVerdict


class Screen(str, enum.Enum):
    """Which screen is on."""

    STARTING = "starting"
    RECOVERING = "recovering"
    WELCOME = "welcome"
    CHECKING_CODE = "checking_code"
    CODE_REFUSED = "code_refused"
    OPENING = "opening"
    INSERT = "insert"
    RECOGNISING = "recognising"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TAKE_BACK = "take_back"
    HAND_IN_CHUTE = "hand_in_chute"
    """Nothing moves until the hand is out."""
    CLEARING = "clearing"
    """Something is stuck, and the machine tries to free it by itself."""
    PULLED_BACK = "pulled_back"
    """An item was pulled out again; it stands in the record."""
    FINISHING = "finishing"
    THANKS = "thanks"
    OUT_OF_SERVICE = "out_of_service"
    MAINTENANCE = "maintenance"
    """A technician works at the machine."""


class Note(str, enum.Enum):
    """What is said beside the screen, in words and never hidden."""

    OFFLINE = "offline"
    """The session could not be confirmed on line; the points come later."""
    TIME_NOT_TRUSTED = "time_not_trusted"
    """The clock was not set since boot: the code was taken on its signature alone."""
    NO_PRICES = "no_prices"
    """No price list is in force: items are counted instead of points."""
    ITEM_CHANGED = "item_changed"
    """What lies there is not what was recognised, so it is given back."""
    ITEM_WAITING = "item_waiting"
    """Something lies in the intake that nobody is being served for."""


@frozen
class ShownItem:
    """One item as the journal has it. `confidence` is in parts per million, `box` in pixels of the picture."""

    id: str
    accepted: bool
    reason: Reason
    label: Material | None
    confidence: int
    box: Box | None
    picture: str | None
    """SHA-256 of the picture."""
    points: int | None
    outcome: Outcome | None = None
    """None while it is on its way."""


MOST_ITEMS_SHOWN = 4
"""Items of a visit that a view holds, newest first; the sums hold all."""


@frozen
class View:
    """Everything a screen needs."""

    screen: Screen
    by: Opener | None = None
    """Who is being served; None when nobody is (on the thanks screen: who was)."""
    visit: str | None = None
    items: tuple[ShownItem, ...] = ()
    """Newest first, at most MOST_ITEMS_SHOWN; on `accepted` and `refused` the first is the one spoken of."""
    paid: int = 0
    """Items settled as taken in (or lost inside, which is paid too)."""
    returned: int = 0
    points: int | None = None
    """Points promised for the paid items; None where items are counted instead, and for guests."""
    code: CodeVerdict | None = None
    """Why a code was refused."""
    notes: tuple[Note, ...] = ()
    """In alphabetical order."""
    parts: tuple[str, ...] = ()
    """Parts that keep the machine out of service, in alphabetical order; told out of service and in maintenance."""
