"""What the application asks of the machine's body. Real pins, a microcontroller and simulators stand behind it.

Calls block until the thing is done and raise when it could not be done; the runner keeps them off the
thread that decides. What happens by itself (an item appears, a button is pressed) comes as a `Notice`.
What is measured comes as numbers (`domain.fleet.readings`); what it means is for the domain to say.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Protocol

from attrs import field, frozen

from application.ports.vision import Frame
from domain.deposits.bodies import Counters
from domain.deposits.recognition import CONTAINERS, Material
from domain.fleet.readings import Climate, Motion, Way


class HardwareError(Exception):
    """A part of the machine did not do what it was asked; the message names the part and why."""


class MotionFailed(HardwareError):
    """The motor stalled, jammed, or the item did not pass the sensor in time."""


class CameraFailed(HardwareError):
    """The camera gave no picture."""


class PartUnreachable(HardwareError):
    """The part does not answer (unplugged, its link is down)."""


class WrongFirmware(PartUnreachable):
    """The part answers, and its firmware speaks another language: it must be updated."""


class NoReading(PartUnreachable):
    """The sensor is asked and gives nothing that can be used (no echo, a spoilt checksum). The next time it may."""


class NotFitted(HardwareError):
    """The machine has no such part; asking again changes nothing."""


class NoSuchBin(HardwareError):
    """The diverter leads to no bin of that name."""


class Unsafe(HardwareError):
    """It was not done because somebody could be hurt: the door is open, or nobody can tell whether it is."""


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


class Signal(str, enum.Enum):
    """What the light says to whoever stands before the machine. Colours and blinking are the adapter's."""

    DARK = "dark"
    READY = "ready"
    """Come closer: an item or a code is welcome."""
    WORKING = "working"
    """Wait: the machine looks, or moves."""
    TAKEN = "taken"
    RETURNED = "returned"
    """Take it back."""
    OUT_OF_SERVICE = "out_of_service"


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

    def loosen(self) -> None:
        """Turn a little outwards, so that what is stuck comes loose: not as far as the opening.

        Raises MotionFailed, PartUnreachable.
        """

    def counters(self) -> Counters:
        """Read the lasting counters. Raises PartUnreachable."""

    def present(self) -> bool:
        """Tell whether something lies in the intake. Raises PartUnreachable."""


class MotionTeller(Protocol):
    """Whatever drives the intake's motor tells of its last motion."""

    def last_motion(self) -> Motion | None:
        """Return what is known of it, also while it goes on; None: there was none. Raises PartUnreachable."""


class TrialMotor(Protocol):
    """The intake's motor, tried with nothing in the chute."""

    def turn_a_little(self, way: Way) -> None:
        """Turn for less than half a second, long enough for a stall to be told, and count nothing.

        Raises MotionFailed when it was held, PartUnreachable.
        """


class OpeningSensor(Protocol):
    """The light barrier at the opening, where items come out and hands go in."""

    def dark(self) -> bool:
        """Tell whether something is in it. Raises NotFitted where there is none, PartUnreachable."""


class BinLevel(Protocol):
    """The distance sensor above one bin."""

    def distance_mm(self) -> int:
        """Measure down to what lies in the bin, 20 to 4,000 mm. Raises NoReading, PartUnreachable."""


class ClimateSensor(Protocol):
    """The air inside the machine."""

    def climate(self) -> Climate:
        """Return a reading of the last seconds. Raises NoReading, PartUnreachable."""


class Light(Protocol):
    """The light at the opening."""

    def show(self, signal: Signal) -> None:
        """Say that, until another is said. Raises PartUnreachable."""


class Door(Protocol):
    """The door to the bins. Its bolt is drawn for a limited time only, whoever asks for more."""

    def unlock(self) -> None:
        """Draw the bolt; it falls back by itself. Raises PartUnreachable."""

    def lock(self) -> None:
        """Let the bolt fall now. Raises PartUnreachable."""

    def is_open(self) -> bool:
        """Tell whether the door stands open. Raises NotFitted where no contact tells, PartUnreachable."""


class Diverter(Protocol):
    """What leads an item into one of several bins."""

    def point(self, bin_name: str) -> None:
        """Lead to that bin, and return when it does. Raises NoSuchBin, MotionFailed, PartUnreachable."""


class Compactor(Protocol):
    """What presses together what lies in the bin."""

    def press(self) -> None:
        """Make one stroke, and return when it is over.

        Raises Unsafe when the door is open or nobody can tell, MotionFailed when the door was opened meanwhile
        (it stopped at once), PartUnreachable.
        """

    def halt(self) -> None:
        """Stop at once. Raises PartUnreachable."""


@frozen
class LineHealth:
    """What is known of the line to a microcontroller without asking it."""

    firmware: str | None
    """What it said that it runs when it was last greeted; None before that."""
    dropped: int
    """Frames that came spoilt, since the start."""
    resent: int
    """Questions that were asked again, since the start."""


class LineTeller(Protocol):
    """The line to a microcontroller."""

    def line_health(self) -> LineHealth:
        """Return what is known of it. Never blocks."""


@frozen
class FittedBin:
    """A bin, with what its sensor measures when it is empty and when it is full, millimetres."""

    name: str
    level: BinLevel
    empty_mm: int
    full_mm: int
    takes: frozenset[Material] = CONTAINERS
    """Materials that may fall into it."""


@frozen
class Fitted:
    """What a machine has beside camera and chute. None: it has no such part."""

    bins: tuple[FittedBin, ...] = field(default=())
    motions: MotionTeller | None = None
    trial: TrialMotor | None = None
    opening: OpeningSensor | None = None
    line: LineTeller | None = None
    climate: ClimateSensor | None = None
    light: Light | None = None
    door: Door | None = None
    diverter: Diverter | None = None
    compactor: Compactor | None = None


class NoticeSource(Protocol):
    """Where notices come from."""

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Call `listener` with each notice from now on, from a thread of its own, in order."""
