"""An intake's mechanics without time: items in a row, a motor that obeys or has a mishap, lasting counters.

The laws of this little world:
1. Items lie in a row; the motor moves the first. A second one that is pushed in lies behind it, nearer to the hand: a
   hand always takes the last.
2. An item that is moved in passes the in-sensor and is counted; one that is moved out is counted and lies at the
   opening with all that lay behind it, where a hand may take it (or leave it: then it lies in the intake again).
3. While the motor turns, a flap keeps hands out.
4. Counters and the places of things last; whether the link answers does not.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from attrs import define, field

from application.ports.hardware import ItemPresence, MotionFailed, Notice, PartUnreachable
from domain.deposits.bodies import Counters


class Place(enum.Enum):
    """Where a thing is."""

    PERSON = "person"
    INTAKE = "intake"
    BIN = "bin"
    JAMMED = "jammed"
    """Inside, where neither hand nor sensor reaches it."""


@define(eq=False)
class Thing:
    """Something that a person may put into a machine."""

    tag: str
    picture: str
    """SHA-256 of the picture that a camera takes of it."""
    place: Place = Place.PERSON
    mistaken: bool = False
    """It got jammed, and whoever looked for it saw another thing in its place: no sensor can tell the two apart."""


class Mishap(enum.Enum):
    """What goes wrong with the next move."""

    STALLS = "stalls"
    """The motor gives up; the item stays where it was."""
    LATE = "late"
    """The item goes its way and is counted, but the motor reports a failure."""
    SWALLOWED = "swallowed"
    """The item gets jammed inside, uncounted."""


class FlapClosed(Exception):
    """The motor turns: hands off."""


@define(eq=False)
class SimulatedChute:
    """The Chute of a machine, its presence sensor, and the hands of people."""

    row: list[Thing] = field(factory=list)
    bin: list[Thing] = field(factory=list)
    jammed: list[Thing] = field(factory=list)
    passed_in: int = 0
    passed_out: int = 0
    turning: bool = False
    reachable: bool = True
    mishap: Mishap | None = None
    halts: int = 0
    _swallowed: Thing | None = None
    """What got jammed at the last move."""
    _listener: Callable[[Notice], None] | None = None
    _told: bool | None = None

    # ------------------------------------------------------------ the port

    def halt(self) -> None:
        """Stop the motor at once."""
        self._reach()
        self.halts += 1
        self.turning = False

    def take_in(self) -> None:
        """Move the first item into the bin. Raises MotionFailed, PartUnreachable."""
        thing, mishap = self._turn()
        if mishap is Mishap.STALLS or thing is None:
            raise MotionFailed("the motor stalled" if thing else "nothing passed the in-sensor in time")
        if mishap is Mishap.SWALLOWED:
            self.swallow()
        else:
            self.row.remove(thing)
            self.bin.append(thing)
            thing.place = Place.BIN
            self.passed_in += 1
            self._tell()
        if mishap is not None:
            raise MotionFailed("the motor's current says that something is wrong")

    def give_back(self) -> None:
        """Move the first item to the opening. Raises MotionFailed, PartUnreachable."""
        thing, mishap = self._turn()
        if mishap in {Mishap.STALLS, Mishap.SWALLOWED} or thing is None:
            raise MotionFailed("the motor stalled" if thing else "nothing passed the out-sensor in time")
        self.passed_out += 1
        if mishap is Mishap.LATE:
            raise MotionFailed("the motor's current says that something is wrong")

    def loosen(self) -> None:
        """Turn a little outwards; the first item stays in its place. Raises MotionFailed, PartUnreachable."""
        thing, mishap = self._turn()
        if mishap in {Mishap.STALLS, Mishap.SWALLOWED} or thing is None:
            raise MotionFailed("the motor stalled" if thing else "nothing lay there to be moved")

    def counters(self) -> Counters:
        """Read the lasting counters. Raises PartUnreachable."""
        self._reach()
        return Counters(self.passed_in, self.passed_out)

    def present(self) -> bool:
        """Tell whether something lies in the intake. Raises PartUnreachable."""
        self._reach()
        if self.row and self._swallowed is not None:
            self._swallowed.mistaken = True
        return bool(self.row)

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Tell `listener` of presence: now, and whenever it changes."""
        self._listener, self._told = listener, None
        self._tell()

    # ------------------------------------------------------------ hands

    def insert(self, thing: Thing) -> None:
        """Put something in. Raises FlapClosed."""
        if self.turning:
            raise FlapClosed
        self.row.append(thing)
        thing.place = Place.INTAKE
        self._tell()

    def take(self) -> Thing | None:
        """Take the last thing out, if there is one. Raises FlapClosed."""
        if self.turning:
            raise FlapClosed
        if not self.row:
            return None
        thing = self.row.pop()
        thing.place = Place.PERSON
        self._tell()
        return thing

    def swallow(self) -> Thing | None:
        """Let the first thing, if there is one, get jammed inside, uncounted."""
        if not self.row:
            return None
        thing = self.row.pop(0)
        thing.place = Place.JAMMED
        self.jammed.append(thing)
        self._swallowed = thing
        self._tell()
        return thing

    def unplug(self) -> None:
        """Lose the machine's power: nobody listens and nothing turns any more; counters and things stay."""
        self._listener = None
        self.turning = False

    # ------------------------------------------------------------ inside

    def _turn(self) -> tuple[Thing | None, Mishap | None]:
        self._reach()
        mishap, self.mishap = self.mishap, None
        self.turning, self._swallowed = False, None
        return (self.row[0] if self.row else None), mishap

    def _reach(self) -> None:
        if not self.reachable:
            raise PartUnreachable("the microcontroller does not answer")

    def _tell(self) -> None:
        present = bool(self.row)
        if self._listener is not None and present != self._told:
            self._told = present
            self._listener(ItemPresence(present))
