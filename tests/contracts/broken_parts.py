"""Parts of a machine's body with a mistake each, by part.

Losing, doubling and halves mean little there, so each has the three mistakes that would hurt where it is used.
"""

from attrs import evolve

from application.ports.hardware import HardwareError, MotionFailed, NoReading, NoSuchBin, Signal, Unsafe
from domain.deposits.bodies import Counters


class Broken:
    """A part that does what the one behind it does, but for one thing."""

    def __init__(self, part):
        self.part = part

    def __getattr__(self, name):
        return getattr(self.part, name)


class Uncounted(Broken):
    """Loses: items pass, and are not counted."""

    def counters(self):
        return Counters(0, 0)


class CountedTwice(Broken):
    """Doubles: each item that passes is counted twice."""

    def counters(self):
        told = self.part.counters()
        return Counters(2 * told.passed_in, 2 * told.passed_out)


class Imagined(Broken):
    """Not whole: says that it moved what is not there."""

    def take_in(self):
        try:
            self.part.take_in()
        except MotionFailed:
            return


class NeverSeesAHand(Broken):
    """Is never dark: a motor turns on a hand."""

    def dark(self):
        return False


class AlwaysSeesAHand(Broken):
    """Is always dark: nothing is ever taken in."""

    def dark(self):
        return True


class SeesItTheOtherWayRound(Broken):
    """Is dark when nothing is there."""

    def dark(self):
        return not self.part.dark()


class SeesNoChange(Broken):
    """Shows the first picture for ever."""

    first = None

    def capture(self):
        self.first = self.first or self.part.capture()
        return self.first


class ChangesItsSize(Broken):
    """Gives pictures of another size each time."""

    count = 0

    def capture(self):
        self.count += 1
        frame = self.part.capture()
        return evolve(frame, width=frame.width + self.count)


class Dark(Broken):
    """Gives pictures in which there is no light."""

    def capture(self):
        frame = self.part.capture()
        return evolve(frame, pixels=frame.pixels // 50)


class Wavers(Broken):
    """Measures now here, now there."""

    count = 0

    def distance_mm(self):
        self.count += 1
        return self.part.distance_mm() - 200 * (self.count % 2)


class OutOfReach(Broken):
    """Measures farther than sound goes there."""

    def distance_mm(self):
        return 9_000


class Silent(Broken):
    """Has no reading, ever."""

    def distance_mm(self):
        raise NoReading("nothing came back")


class OtherUnits(Broken):
    """Tells degrees Fahrenheit."""

    def climate(self):
        air = self.part.climate()
        return evolve(air, millicelsius=air.millicelsius * 9 // 5 + 32_000)


class LosesTheSign(Broken):
    """Tells frost for heat."""

    def climate(self):
        air = self.part.climate()
        return evolve(air, millicelsius=-air.millicelsius)


class BoneDry(Broken):
    """Tells no humidity at all."""

    def climate(self):
        return evolve(self.part.climate(), humidity_permille=0)


class StaysDark(Broken):
    """Shows nothing."""

    def show(self, signal):
        pass


class ShowsTheFirstForEver(Broken):
    """Stays at what it was told first."""

    told = None

    def show(self, signal):
        self.told = self.told or signal
        self.part.show(self.told)


class MixesUpSignals(Broken):
    """Says the next signal in the list."""

    def show(self, signal):
        every = list(Signal)
        self.part.show(every[(every.index(signal) + 1) % len(every)])


class NeverLocks(Broken):
    """Leaves the bolt open."""

    def lock(self):
        self.part.unlock()


class NeverUnlocks(Broken):
    """Leaves the bolt shut."""

    def unlock(self):
        self.part.lock()


class TellsShut(Broken):
    """Tells an open door to be shut."""

    def is_open(self):
        return False


class OneBin(Broken):
    """Leads to the first bin, whichever it is told."""

    def point(self, name):
        self.part.point(name if name not in ("bottles", "cans") else "bottles")


class SwapsBins(Broken):
    """Leads to the other bin."""

    def point(self, name):
        self.part.point({"bottles": "cans", "cans": "bottles"}.get(name, name))


class AnyName(Broken):
    """Takes any name for a bin's."""

    def point(self, name):
        try:
            self.part.point(name)
        except NoSuchBin:
            return


class PressesOnHands(Broken):
    """Presses with the door open."""

    def press(self):
        try:
            self.part.press()
        except Unsafe:
            return


class NeverPresses(Broken):
    """Takes every stroke for unsafe."""

    def press(self):
        raise Unsafe("somebody may be in there")


class CannotHalt(Broken):
    """Fails to halt."""

    def halt(self):
        raise HardwareError("it does not halt")


def _fitted(name):
    return lambda machine, kind: evolve(
        machine, fitted=evolve(machine.fitted, **{name: kind(getattr(machine.fitted, name))})
    )


def _chute(machine, kind):
    return evolve(machine, chute=kind(machine.chute))


def _camera(machine, kind):
    return evolve(machine, camera=kind(machine.camera))


def _bins(machine, kind):
    first, *others = machine.fitted.bins
    return evolve(machine, fitted=evolve(machine.fitted, bins=(evolve(first, level=kind(first.level)), *others)))


PARTS = {
    "chute": (_chute, (Uncounted, CountedTwice, Imagined)),
    "opening": (_fitted("opening"), (NeverSeesAHand, AlwaysSeesAHand, SeesItTheOtherWayRound)),
    "camera": (_camera, (SeesNoChange, ChangesItsSize, Dark)),
    "bin bottles": (_bins, (Wavers, OutOfReach, Silent)),
    "climate": (_fitted("climate"), (OtherUnits, LosesTheSign, BoneDry)),
    "light": (_fitted("light"), (StaysDark, ShowsTheFirstForEver, MixesUpSignals)),
    "door": (_fitted("door"), (NeverLocks, NeverUnlocks, TellsShut)),
    "diverter": (_fitted("diverter"), (OneBin, SwapsBins, AnyName)),
    "compactor": (_fitted("compactor"), (PressesOnHands, NeverPresses, CannotHalt)),
}
"""By part: what puts a broken one into a machine, and the three."""
