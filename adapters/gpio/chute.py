"""The ports `Chute` and `MotionTeller` on the header alone: a stepper moves the item, the item sensor sees it go.

There is no sensor for passing items in this wiring, so an item counts as taken in when the sensor saw it leave while
the belt moved inwards, and all steps were made: the last steps carry it over the edge.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import evolve, field, frozen
from attrs.validators import ge

from adapters.gpio.counters_file import CountersFile
from adapters.gpio.item_sensor import ItemSensor
from adapters.gpio.stepper import Stepper
from application.ports.hardware import MotionFailed
from domain.deposits.bodies import Counters
from domain.fleet.readings import Motion, MotionEnd, Way

LOOSENED = 4
"""Part of the way out by which what is stuck is moved back."""


@frozen
class Ways:
    """How far an item is moved, in steps: into the bin, and back to the opening."""

    steps_in: int = field(validator=ge(1))
    steps_out: int = field(validator=ge(1))


class StepperChute:
    """A chute on the header's pins."""

    def __init__(
        self,
        stepper: Stepper,
        sensor: ItemSensor,
        counters: CountersFile,
        ways: Ways,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """All parts are switched on and at rest."""
        self._stepper = stepper
        self._sensor = sensor
        self._counters = counters
        self._ways = ways
        self._now = now
        self._last: Motion | None = None

    def halt(self) -> None:
        """Stop the motor at once."""
        self._stepper.halt()

    def take_in(self) -> None:
        """Move the item into the bin and return when it passed. Raises MotionFailed, PartUnreachable."""
        self._turn(self._ways.steps_in, Way.IN)
        if self._sensor.present():
            raise MotionFailed("the motor turned, and the item is still there: it is stuck, or there are two")
        self._passed()
        self._counters.count(passed_in=1)

    def give_back(self) -> None:
        """Move the item back to the opening and return when it is there. Raises MotionFailed, PartUnreachable."""
        self._turn(self._ways.steps_out, Way.OUT)
        if not self._sensor.present():
            raise MotionFailed("the motor turned, and the item is not at the opening")
        self._passed()
        self._counters.count(passed_out=1)

    def loosen(self) -> None:
        """Turn a little outwards. Raises MotionFailed, PartUnreachable."""
        self._turn(max(1, self._ways.steps_out // LOOSENED), Way.OUT)

    def turn_a_little(self, way: Way) -> None:
        """Turn by as many steps, with nothing there. Raises MotionFailed.

        A stepper tells nobody whether it turned: what is held loses its steps in silence.
        """
        self._made(max(1, self._ways.steps_out // LOOSENED), way)

    def counters(self) -> Counters:
        """Read the lasting counters."""
        return self._counters.read()

    def present(self) -> bool:
        """Tell whether something lies in the intake. Raises PartUnreachable."""
        return self._sensor.present()

    def last_motion(self) -> Motion | None:
        """Return what is known of the last motion; None: there was none since the start."""
        return self._last

    def _turn(self, steps: int, way: Way) -> None:
        if not self._sensor.present():
            raise MotionFailed("nothing lay there to be moved")
        self._made(steps, way)

    def _made(self, steps: int, way: Way) -> None:
        def look() -> bool:
            self._sensor.look()
            return True

        began = self._now()
        number = 1 if self._last is None else self._last.number + 1
        before, self._last = self._last, Motion(number, way, MotionEnd.RUNNING, 0, None)
        made = self._stepper.move(steps, forward=way is Way.IN, after_each=look)
        if made is None:
            self._last = before
            raise MotionFailed("the motor is busy")
        end = MotionEnd.HALTED if made < steps else MotionEnd.TIME_OVER
        self._last = Motion(number, way, end, round(1_000 * (self._now() - began)), None)
        if made < steps:
            raise MotionFailed("the motion was halted before the item had passed")

    def _passed(self) -> None:
        if self._last is not None:
            self._last = evolve(self._last, end=MotionEnd.PASSED)
