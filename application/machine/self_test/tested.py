"""What is tested, and the sheet on which the lines are written down."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field, frozen

from application.ports.clock import Clock
from application.ports.disk import DiskProbe
from application.ports.firmware import Firmware, Version
from application.ports.hardware import (
    Camera,
    Chute,
    Fitted,
    HardwareError,
    NoReading,
    NotFitted,
    PartUnreachable,
)
from application.ports.journal import Journal
from application.ports.uplink import Uplink
from application.ports.vision import Frame, FrameMeter
from domain.commissioning.kinds import kind_of
from domain.commissioning.lines import Line, Verdict, Why, judged, without
from domain.commissioning.safety import Danger, Surroundings, danger
from domain.deposits.recognition import Recognition

GLANCES = 5
GLANCE_S = 0.01


@frozen
class Tested:
    """A machine, by its ports. None: it has no such part."""

    camera: Camera
    measure: FrameMeter
    recognise: Callable[[Frame], Recognition]
    chute: Chute
    fitted: Fitted
    firmware: Firmware | None
    shipped: Version | None
    """The version of the firmware that came with this release."""
    journal: Journal
    disk: DiskProbe
    uplink: Uplink
    clock: Clock
    pause: Callable[[float], None]
    """Waits so many seconds of the machine's time."""
    halting: HaltOnHand = field(factory=lambda: HaltOnHand(lambda: None))


class HaltOnHand:
    """Halts what is moved for a test, as soon as somebody who watches sees a hand. Safe from any thread.

    Each side says first what it does and looks then at the other: one of them sees that a hand and a motion meet.
    """

    def __init__(self, halt: Callable[[], None]) -> None:
        """`halt` stops the motor; it is called by whoever sees the hand."""
        self._halt = halt
        self._moving = False
        self._hand = False

    def hand(self, seen: bool) -> None:  # noqa: FBT001 (a level)
        """Hear whether a hand is in the chute."""
        self._hand = seen
        if seen and self._moving:
            self._halt()

    @property
    def there(self) -> bool:
        """Whether there is one now."""
        return self._hand

    def move(self, motion: Callable[[], None]) -> None:
        """Do the motion, unless a hand is there. Raises what it raises, and HandInTheWay."""
        self._moving = True
        try:
            if self._hand:
                raise HandInTheWay(Danger.HAND.value)
            motion()
        finally:
            self._moving = False


class HandInTheWay(HardwareError):
    """Somebody reached in right before it moved: it did not."""


@define
class Sheet:
    """Lines as they are written down. `reserved` tells whether nobody is being served, and nobody will be."""

    tested: Tested
    reserved: Callable[[], bool]
    lines: list[Line] = field(factory=list)
    _firmware_answers: bool | None = None

    def number(self, name: str, value: int, said: str = "") -> Line:
        """Write down what was measured."""
        return self._write(judged(name, kind_of(name), value, said))

    def silent(self, name: str, odd: Exception, verdict: Verdict = Verdict.FAIL) -> None:
        """Write down that a part did not answer; or that a silent microcontroller, on which it hangs, is to blame."""
        hangs_on_it = isinstance(odd, PartUnreachable) and not isinstance(odd, NoReading)
        if name != "firmware" and hangs_on_it and not self._firmware():
            self.needs(name, "firmware")
        else:
            self._write(without(name, kind_of(name), verdict, Why.SILENT, str(odd)))

    def untold(self, name: str, said: str) -> None:
        """Write down that it works, as far as anybody can tell, and that there is no number."""
        self._write(without(name, kind_of(name), Verdict.PASS, Why.RECORDED, said))

    def needs(self, name: str, other: str) -> None:
        """Write down that it cannot be measured for want of another line."""
        self._write(without(name, kind_of(name), Verdict.UNMEASURED, Why.NEEDS, other))

    def unsafe(self, name: str, why: str) -> None:
        """Write down that nothing was moved."""
        self._write(without(name, kind_of(name), Verdict.UNMEASURED, Why.UNSAFE, why))

    def firmware_is(self, *, answers: bool) -> None:
        """Take note whether the microcontroller answers."""
        self._firmware_answers = answers

    def danger(self, *, with_item: bool = False) -> Danger | None:
        """Look around right before a motion. `with_item`: something is to lie in the chute."""
        fitted, blind = self.tested.fitted, False
        door = opening = item = None
        try:
            item = self.tested.chute.present() and not with_item
            opening = self._ask(self._opening_dark)
            door = self._ask(fitted.door.is_open) if fitted.door is not None else None
        except HardwareError:
            blind = True
        hand = self.tested.halting.there
        return danger(Surroundings(self.reserved(), item, opening or hand, door, blind))

    def _opening_dark(self) -> bool:
        """Look a few times: a wire that is read as it is glitches, and a hand stays."""
        opening, seen = self.tested.fitted.opening, 0
        if opening is None:
            return False
        for _ in range(GLANCES):
            seen += opening.dark()
            self.tested.pause(GLANCE_S)
        return 2 * seen > GLANCES

    @staticmethod
    def _ask(question: Callable[[], bool]) -> bool | None:
        try:
            return question()
        except NotFitted:
            return None

    def _firmware(self) -> bool:
        if self._firmware_answers is None:
            self._firmware_answers = True
            if self.tested.firmware is not None:
                try:
                    self.tested.firmware.version()
                except HardwareError:
                    self._firmware_answers = False
        return self._firmware_answers

    def _write(self, line: Line) -> Line:
        self.lines.append(line)
        return line
