"""The ports `Chute` and `MotionTeller` on the microcontroller: its motor moves an item, its sensors see it pass.

Whether something lies in the intake is seen by a sensor elsewhere (the item sensor on the header), so it is given.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen
from attrs.validators import ge, le

from adapters.serial_link.messages import Direction, MotionState, Until
from adapters.serial_link.microcontroller import Microcontroller
from application.ports.hardware import MotionFailed
from domain.deposits.bodies import Counters
from domain.fleet.readings import Motion, MotionEnd, Way

WHY = {
    MotionState.TIME_OVER: "the motor turned, and nothing passed the sensor in time",
    MotionState.STALLED: "the motor stalled",
    MotionState.HALTED: "the motion was halted before the item had passed",
    MotionState.WATCHDOG: "the microcontroller heard nothing for too long and halted the motor",
}
TRIAL_MS = 400
"""The device is blind to stalls for 150 ms after a start, and calls it one after 120 more."""
LOOSEN_MS = 150
"""At full power some five centimetres: less than half the way to the opening."""

ENDS = {
    MotionState.RUNNING: MotionEnd.RUNNING,
    MotionState.PASSED: MotionEnd.PASSED,
    MotionState.TIME_OVER: MotionEnd.TIME_OVER,
    MotionState.STALLED: MotionEnd.STALLED,
    MotionState.HALTED: MotionEnd.HALTED,
    MotionState.WATCHDOG: MotionEnd.WATCHDOG,
}


@frozen
class Drive:
    """How the motor is driven: 1 to 100 per cent of its power, and how long an item may take, 1 to 10,000 ms."""

    duty_percent: int = field(default=80, validator=(ge(1), le(100)))
    limit_ms: int = field(default=4_000, validator=(ge(1), le(10_000)))


class SerialChute:
    """A chute whose motor and counters are the microcontroller's."""

    def __init__(self, device: Microcontroller, present: Callable[[], bool], drive: Drive | None = None) -> None:
        """`present` tells whether something lies in the intake; it raises PartUnreachable."""
        self._device = device
        self._present = present
        self._drive = Drive() if drive is None else drive
        self._way: Way | None = None

    def halt(self) -> None:
        """Stop the motor at once. Raises HardwareError."""
        self._device.halt()

    def take_in(self) -> None:
        """Move the item into the bin and return when it passed. Raises MotionFailed, PartUnreachable."""
        self._move(Direction.IN, Until.PASSED_IN)

    def give_back(self) -> None:
        """Move the item back to the opening and return when it is there. Raises MotionFailed, PartUnreachable."""
        self._move(Direction.OUT, Until.PASSED_OUT)

    def loosen(self) -> None:
        """Turn a little outwards, by time. Raises MotionFailed, PartUnreachable."""
        self._turn(Way.OUT, LOOSEN_MS)

    def turn_a_little(self, way: Way) -> None:
        """Turn by time, with nothing there. Raises MotionFailed, PartUnreachable."""
        self._turn(way, TRIAL_MS)

    def counters(self) -> Counters:
        """Read the lasting counters. Raises PartUnreachable."""
        return self._device.counters()

    def present(self) -> bool:
        """Tell whether something lies in the intake. Raises PartUnreachable."""
        return self._present()

    def last_motion(self) -> Motion | None:
        """Return what is known of the last motion; None: there was none. Raises PartUnreachable."""
        told = self._device.motion()
        if told.state is MotionState.NONE:
            return None
        return Motion(told.sequence, self._way, ENDS[told.state], told.elapsed_ms, told.peak_ma)

    def _move(self, direction: Direction, until: Until) -> None:
        drive = self._drive
        self._way = Way.IN if direction is Direction.IN else Way.OUT
        motion = self._device.run(direction, duty_percent=drive.duty_percent, limit_ms=drive.limit_ms, until=until)
        if motion.state is not MotionState.PASSED:
            why = WHY.get(motion.state, f"state {motion.state.name}")
            raise MotionFailed(f"{why} ({motion.elapsed_ms} ms, at most {motion.peak_ma} mA)")

    def _turn(self, way: Way, for_ms: int) -> None:
        self._way = way
        direction = Direction.IN if way is Way.IN else Direction.OUT
        motion = self._device.run(direction, duty_percent=self._drive.duty_percent, limit_ms=for_ms, until=Until.TIME)
        if motion.state is not MotionState.TIME_OVER:
            raise MotionFailed(f"{WHY.get(motion.state, motion.state.name)} (at most {motion.peak_ma} mA)")
