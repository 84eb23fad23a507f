"""A body on the desk: every hardware port straight on the physical models, in virtual time, without wires between.

Nothing moves by itself: each call lets the time pass that it takes, and `pause` lets pass as much as it is told. Same
seed, same calls: same edges. What drives the motor and counts is the simulated microcontroller's own control loop.
"""

from __future__ import annotations

from attrs import define

from application.ports.hardware import (
    Fitted,
    FittedBin,
    MotionFailed,
    NoReading,
    NoSuchBin,
    PartUnreachable,
    Signal,
    Unsafe,
)
from domain.deposits.bodies import Counters
from domain.fleet.readings import Climate, Motion, MotionEnd, Way
from simulators.firmware import drive
from simulators.firmware.device import Device
from simulators.physics.bins import FLAP_US, STROKE_US
from simulators.physics.body import STEP_US, Body
from simulators.physics.echo import sound_mm_per_us

DUTY = 80
LIMIT_MS = 4_000
LOOSEN_MS = 150
TRIAL_MS = 400
STEADY_MS = 20
UNLOCKED_US = 3_000_000
PINGS = 5
ENDS = {
    drive.RUNNING: MotionEnd.RUNNING,
    drive.PASSED: MotionEnd.PASSED,
    drive.TIME_OVER: MotionEnd.TIME_OVER,
    drive.STALLED: MotionEnd.STALLED,
    drive.HALTED: MotionEnd.HALTED,
    drive.WATCHDOG: MotionEnd.WATCHDOG,
}


class Desk:
    """A machine with everything fitted. `reachable` is whether its microcontroller answers."""

    def __init__(self, seed: int, bins: tuple[str, ...] = ("all",)) -> None:
        """Two bins have a diverter before them."""
        self.device = Device(Body(seed, bins))
        self.body = self.device.body
        self.reachable = True
        self.signal = Signal.DARK
        self.lamp_burnt = False
        self._drawn_until_us = 0
        self.chute = DeskChute(self)
        self.fitted = Fitted(
            bins=tuple(FittedBin(name, DeskLevel(self, name), empty_mm=800, full_mm=150) for name in bins),
            motions=self.chute,
            trial=self.chute,
            opening=DeskOpening(self),
            climate=DeskClimate(self),
            light=DeskLight(self),
            door=DeskDoor(self),
            diverter=DeskDiverter(self) if len(bins) > 1 else None,
            compactor=DeskCompactor(self),
        )

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.device.advance(self.body.now_us + round(seconds * 1_000_000))
        self._drop_the_bolt()

    def step(self) -> None:
        """Let one millisecond pass."""
        self.device.advance(self.body.now_us + STEP_US)
        self._drop_the_bolt()

    def draw_the_bolt(self, for_us: int) -> None:
        """Hold the door's bolt back for that time from now."""
        self._drawn_until_us = self.body.now_us + for_us
        self.body.door.bolt_drawn = for_us > 0

    def _drop_the_bolt(self) -> None:
        if self.body.now_us >= self._drawn_until_us:
            self.body.door.bolt_drawn = False

    def reach(self, part: str) -> None:
        """Raise PartUnreachable unless the microcontroller answers."""
        if not self.reachable:
            raise PartUnreachable(f"{part}: the microcontroller does not answer")


@define
class DeskChute:
    """Chute and MotionTeller."""

    desk: Desk
    _number: int = 0
    _way: Way | None = None

    def halt(self) -> None:
        """Stop the motor at once. Raises PartUnreachable."""
        self.desk.reach("chute")
        self.desk.device.drive.stop(drive.HALTED)

    def take_in(self) -> None:
        """Move the item into the bin and return when it passed. Raises MotionFailed, PartUnreachable."""
        self._move(Way.IN, until=1)

    def give_back(self) -> None:
        """Move the item back to the opening and return when it is there. Raises MotionFailed, PartUnreachable."""
        self._move(Way.OUT, until=2)

    def loosen(self) -> None:
        """Turn a little outwards. Raises MotionFailed, PartUnreachable."""
        self._move(Way.OUT, until=0, limit_ms=LOOSEN_MS)

    def turn_a_little(self, way: Way) -> None:
        """Turn by time, with nothing there. Raises MotionFailed, PartUnreachable."""
        self._move(way, until=0, limit_ms=TRIAL_MS)

    def counters(self) -> Counters:
        """Read the lasting counters. Raises PartUnreachable."""
        self.desk.reach("chute")
        return Counters(self.desk.device.lasting.passed_in, self.desk.device.lasting.passed_out)

    def present(self) -> bool:
        """Tell what most looks of the last milliseconds say, as a sensor that waits for a steady level."""
        seen = 0
        for _ in range(STEADY_MS):
            self.desk.step()
            seen += self.desk.body.item_seen()
        return 2 * seen > STEADY_MS

    def last_motion(self) -> Motion | None:
        """Return what is known of the last motion. Raises PartUnreachable."""
        self.desk.reach("motor")
        moved = self.desk.device.drive
        if moved.state == drive.NONE:
            return None
        return Motion(self._number, self._way, ENDS[moved.state], moved.elapsed_ms, moved.peak_ma)

    def _move(self, way: Way, *, until: int, limit_ms: int = LIMIT_MS) -> None:
        self.desk.reach("chute")
        moved = self.desk.device.drive
        if moved.state == drive.RUNNING:
            raise MotionFailed("the motor is busy")
        self._number, self._way = self._number + 1, way
        moved.start(self._number, inward=way is Way.IN, duty=DUTY, limit_ms=limit_ms, until=until)
        while moved.state == drive.RUNNING:
            self.desk.device.keep_awake()
            self.desk.step()
        if moved.state != (drive.PASSED if until else drive.TIME_OVER):
            raise MotionFailed(f"nothing passed the sensor: {ENDS[moved.state].value} ({moved.peak_ma} mA at most)")


@define
class DeskOpening:
    """OpeningSensor."""

    desk: Desk

    def dark(self) -> bool:
        """Read the wire. Raises PartUnreachable."""
        self.desk.reach("opening")
        return self.desk.body.out_beam_dark()


@define
class DeskLevel:
    """BinLevel: the middle one of a few echoes."""

    desk: Desk
    name: str

    def distance_mm(self) -> int:
        """Measure. Raises NoReading."""
        body = self.desk.body
        echoes = []
        for _ in range(PINGS):
            self.desk.pause(0.06)
            echoes.append(body.bin(self.name).echo.ping(body.air.celsius))
        came = sorted(echo for echo in echoes if echo is not None)
        if len(came) <= PINGS // 2:
            raise NoReading(f"bin {self.name}: no echo came back")
        return round(came[len(came) // 2] * sound_mm_per_us(body.air.celsius) / 2)


@define
class DeskClimate:
    """ClimateSensor."""

    desk: Desk

    def climate(self) -> Climate:
        """Measure. Raises NoReading."""
        told = self.desk.body.air.measure()
        if told is None:
            raise NoReading("climate: the sensor does not answer")
        return Climate(100 * told[0], told[1])


@define
class DeskLight:
    """Light: it glows in words."""

    desk: Desk

    def show(self, signal: Signal) -> None:
        """Say that. Raises PartUnreachable."""
        self.desk.reach("light")
        self.desk.signal = Signal.DARK if self.desk.lamp_burnt else signal


@define
class DeskDoor:
    """Door: the bolt falls back after three seconds."""

    desk: Desk

    def unlock(self) -> None:
        """Draw the bolt."""
        self.desk.draw_the_bolt(UNLOCKED_US)

    def lock(self) -> None:
        """Let the bolt fall."""
        self.desk.draw_the_bolt(0)

    def is_open(self) -> bool:
        """Tell whether the door stands open."""
        seen = 0
        for _ in range(STEADY_MS):
            self.desk.step()
            seen += self.desk.body.door.seen_open(self.desk.body.now_us)
        return 2 * seen > STEADY_MS


@define
class DeskDiverter:
    """Diverter."""

    desk: Desk

    def point(self, bin_name: str) -> None:
        """Lead to that bin. Raises NoSuchBin."""
        body = self.desk.body
        names = [one.name for one in body.bins]
        if bin_name not in names:
            raise NoSuchBin(f"the diverter leads to {' and '.join(names)}, not to {bin_name!r}")
        body.flap.drive(bool(names.index(bin_name)), body.now_us)
        self.desk.pause(FLAP_US / 1_000_000)


@define
class DeskCompactor:
    """Compactor."""

    desk: Desk
    _halted: bool = False

    def press(self) -> None:
        """Make one stroke. Raises Unsafe, MotionFailed."""
        body = self.desk.body
        if self.desk.fitted.door is None or self.desk.fitted.door.is_open():
            raise Unsafe("compactor: the door is open")
        self._halted = False
        ends = body.now_us + STROKE_US
        body.drive_press(True)
        while body.now_us < ends and not self._halted and not body.door.seen_open(body.now_us):
            self.desk.step()
        body.drive_press(False)
        if body.now_us < ends:
            raise MotionFailed("compactor: the stroke was halted before it was over")

    def halt(self) -> None:
        """Stop at once."""
        self._halted = True
