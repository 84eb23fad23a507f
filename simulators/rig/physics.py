"""What is physically true of one machine: items, motor, sensors and lasting counters.

The laws:
1. An item is in one place: in the intake, at the opening, in the bin, or with its person.
2. The motor moves one item at a time. It goes on by itself once started, whoever started it, until it is halted.
3. The counters rise when an item passes a sensor, and never fall.
Time comes from outside (`now`, seconds): the same physics runs in real and in virtual time.
"""

from __future__ import annotations

import enum

from attrs import define, field, frozen

PASSES_AT = 0.7
"""Part of a motion after which the item passes the sensor: from there on a halt comes too late."""
MOST_IN_INTAKE = 2
"""More do not fit."""


class Where(str, enum.Enum):
    """Where an item is."""

    INTAKE = "intake"
    OPENING = "opening"
    """Moved out and not yet taken: the person can reach it, and the presence sensor sees it."""
    BIN = "bin"
    TAKEN = "taken"


class Way(str, enum.Enum):
    """Where the motor moves an item."""

    IN = "in"
    OUT = "out"
    LOOSE = "loose"
    """A little back: nothing passes a sensor."""


class RigError(Exception):
    """The hardware does not do this; the class names why."""


class MotorBusy(RigError):
    """It is moving something: one thing at a time."""


class MotorStalled(RigError):
    """It does not turn (a part is broken), or something jams it."""


class Halted(RigError):
    """The motion was halted before the item had passed."""


class NothingPassed(RigError):
    """The motor turned, and nothing passed the sensor in time."""


class FlapClosed(RigError):
    """While the motor turns, nothing goes in by the flap and no hand comes out."""


class IntakeFull(RigError):
    """No more items fit."""


class DuplicateTag(RigError):
    """There is an item of that name already."""


class NothingToTake(RigError):
    """Neither the intake nor the opening holds anything."""


class CameraUnplugged(RigError):
    """The camera gives no picture."""


class UnknownPart(RigError):
    """There is no such part to break."""


@define
class Item:
    """One physical item. `tag` is its name among all that this machine ever saw."""

    tag: str
    sha256: str
    where: Where
    pictured: str | None = None
    """SHA-256 of the last picture that was taken of it, where that one shows another item, too."""


@frozen
class Motion:
    """The motor at work."""

    way: Way
    tag: str | None
    """What it moves; None when it turns on nothing."""
    passes: float
    ends: float


BREAKABLE = frozenset({"camera", "motor", "in-sensor"})
"""A broken in-sensor does not count what falls into the bin, and nobody can tell that it is broken."""
REPORTED = frozenset({"camera", "motor"})
"""Parts that report their faults."""


@define
class Physics:
    """The machine's body."""

    motion_seconds: float = 0.3
    items: dict[str, Item] = field(factory=dict)
    """By tag, oldest first."""
    passed_in: int = 0
    passed_out: int = 0
    motion: Motion | None = None
    broken: set[str] = field(factory=set)

    # -------------------------------------------------------------- what sensors tell

    def at(self, where: Where) -> list[Item]:
        """Return the items at a place, oldest first."""
        return [item for item in self.items.values() if item.where is where]

    @property
    def present(self) -> bool:
        """Whether something lies in the intake or at its opening."""
        return any(item.where in (Where.INTAKE, Where.OPENING) for item in self.items.values())

    # -------------------------------------------------------------- what a person does

    def insert(self, tag: str, sha256: str) -> None:
        """Push an item in. Raises FlapClosed, IntakeFull, DuplicateTag."""
        if self.motion is not None:
            raise FlapClosed("the motor is turning")
        if len(self.at(Where.INTAKE)) + len(self.at(Where.OPENING)) >= MOST_IN_INTAKE:
            raise IntakeFull(f"{MOST_IN_INTAKE} items are in the intake")
        if tag in self.items:
            raise DuplicateTag(f"there is an item {tag} already")
        self.items[tag] = Item(tag, sha256, Where.INTAKE)

    def take(self) -> Item:
        """Take an item back: from the opening, else from the intake. Raises FlapClosed, NothingToTake."""
        if self.motion is not None:
            raise FlapClosed("the motor is turning")
        within_reach = self.at(Where.OPENING) or self.at(Where.INTAKE)
        if not within_reach:
            raise NothingToTake("the intake is empty")
        within_reach[-1].where = Where.TAKEN
        return within_reach[-1]

    def pictured(self, sha256: str) -> None:
        """Keep in mind that all that lies there was taken in one picture: whoever miscounts knows them by that one."""
        here = self.at(Where.OPENING) + self.at(Where.INTAKE)
        for item in here:
            item.pictured = sha256 if len(here) > 1 else None

    def damage(self, part: str) -> None:
        """Break a part. Raises UnknownPart."""
        if part not in BREAKABLE:
            raise UnknownPart(f"{part} is none of {', '.join(sorted(BREAKABLE))}")
        self.broken.add(part)

    def mend(self, part: str) -> None:
        """Mend a part. Raises UnknownPart."""
        if part not in BREAKABLE:
            raise UnknownPart(f"{part} is none of {', '.join(sorted(BREAKABLE))}")
        self.broken.discard(part)

    # -------------------------------------------------------------- what the machine does

    def begin(self, way: Way, now: float) -> Motion:
        """Start the motor. Raises MotorBusy, MotorStalled."""
        if self.motion is not None:
            raise MotorBusy(f"the motor is moving {self.motion.way.value}")
        if "motor" in self.broken:
            raise MotorStalled("the motor does not turn")
        # What was moved out and never taken is in the way: it goes first.
        waiting = self.at(Where.OPENING) + self.at(Where.INTAKE)
        tag = waiting[0].tag if waiting else None
        self.motion = Motion(way, tag, now + self.motion_seconds * PASSES_AT, now + self.motion_seconds)
        return self.motion

    def advance(self, now: float) -> None:
        """Let time pass up to `now`: what passes the sensor by then has passed, a motion that ends has ended."""
        motion = self.motion
        if motion is None or now < motion.passes:
            return
        if motion.tag is not None:
            self._pass(self.items[motion.tag], motion.way)
        self.motion = None if now >= motion.ends else Motion(motion.way, None, motion.ends, motion.ends)

    def halt(self, now: float) -> None:
        """Stop the motor at once; what has not passed the sensor stays where it was."""
        self.advance(now)
        self.motion = None

    def check_passed(self, motion: Motion) -> None:
        """Tell how a motion that was begun came out, once its time is over. Raises Halted, NothingPassed."""
        if motion.tag is None:
            raise NothingPassed("nothing lay there to be moved")
        if motion.way is Way.LOOSE:
            return
        if self.items[motion.tag].where is not (Where.BIN if motion.way is Way.IN else Where.OPENING):
            raise Halted("the motion was halted before the item had passed")
        if motion.way is Way.IN and "in-sensor" in self.broken:
            raise NothingPassed("the sensor saw nothing pass")

    def _pass(self, item: Item, way: Way) -> None:
        if way is Way.IN:
            item.where = Where.BIN
            self.passed_in += "in-sensor" not in self.broken
        elif way is Way.OUT:
            item.where = Where.OPENING
            self.passed_out += 1
