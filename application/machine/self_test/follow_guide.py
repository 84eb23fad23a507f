"""The work behind each step of a commissioning: what is measured, what is shown live, and the report at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from attrs import define, field, frozen

from application.machine.self_test.measure_by_hand import measure_bin, measure_bottle, measure_door, measure_hand
from application.machine.self_test.measure_camera import measure_camera
from application.machine.self_test.measure_motion import measure_motion
from application.machine.self_test.measure_running import firmware_version, measure_running
from application.machine.self_test.measure_sensors import measure_sensors
from application.machine.self_test.reports import Kept, Reports
from application.machine.self_test.test_itself import Facts
from application.machine.self_test.tested import Sheet, Tested
from application.ports.hardware import FittedBin, HardwareError, NotFitted, Signal
from application.ports.vision import VisionError
from domain.body.frame_quality import Figures
from domain.commissioning.guide import Guide, Has, Step, Task, steps
from domain.commissioning.lines import Line, Unit, Verdict
from domain.commissioning.report import Report, ReportKind


@frozen
class Live:
    """A number as it is now, while the installer moves things."""

    value: int
    unit: Unit


@define
class FollowGuide:
    """One commissioning's work. All of it blocks; nothing moves while `reserved` does not say that nobody is served."""

    tested: Tested
    reports: Reports
    facts: Facts
    reserved: Callable[[], bool]
    clean: Figures | None = field(default=None, init=False)
    """The empty chute by a clean lens, once it was measured."""
    _blind: bool = field(default=False, init=False)
    """Whether the item sensor did not see a hand."""
    _firmware: str = field(default="", init=False)

    def guide(self) -> Guide:
        """Return a guide through what this machine has, at its beginning."""
        fitted = self.tested.fitted
        names = tuple(one.name for one in fitted.bins)
        return Guide(steps(Has(names, fitted.door is not None, fitted.light is not None, fitted.diverter is not None)))

    def measure(self, step: Step) -> tuple[Line, ...]:
        """Measure what a step is about."""
        sheet = Sheet(self.tested, self.reserved)
        if step.task is Task.STILL:
            for measure in (measure_running, measure_sensors, measure_motion):
                measure(sheet)
            self._firmware = firmware_version(sheet)
        elif step.task is Task.LENS:
            self.clean = measure_camera(sheet)
        elif step.task is Task.HAND:
            measure_hand(sheet)
            self._blind = any(line.name == "hand_seen" and line.verdict is Verdict.FAIL for line in sheet.lines)
        elif step.task is Task.BOTTLE:
            measure_bottle(sheet, self.clean, blind=self._blind)
        elif step.task is Task.DOOR:
            measure_door(sheet)
        elif step.task in (Task.BIN_EMPTY, Task.BIN_FULL):
            measure_bin(sheet, self._bin(step.part), full=step.task is Task.BIN_FULL)
        return tuple(sheet.lines)

    def show(self, step: Step) -> None:
        """Do what the installer is to look at: light the light, set the flap. What does not answer shows nothing."""
        fitted = self.tested.fitted
        with contextlib.suppress(HardwareError):
            if step.task is Task.LIGHT and fitted.light is not None:
                fitted.light.show(Signal.READY)
            elif fitted.light is not None:
                fitted.light.show(Signal.OUT_OF_SERVICE)
            if step.task is Task.DIVERTER and fitted.diverter is not None and self._may_move():
                fitted.diverter.point(step.part)

    def live(self, step: Step) -> Live | None:
        """Return the number to be seen while a step waits; None where there is none, or the part is silent."""
        try:
            return self._live(step)
        except (HardwareError, VisionError):
            return None

    def report(self, guide: Guide) -> Kept:
        """Sign and keep what came of it. Raises OSError when it cannot be kept."""
        now = self.tested.clock.now()
        return self.reports.keep(
            Report(
                ReportKind.COMMISSIONING, self.facts.about(self._firmware), now.wall, now.trusted, guide.lines,
                guide.installer, self.clean,
            )
        )  # fmt: skip

    def _live(self, step: Step) -> Live | None:
        tested = self.tested
        if step.task is Task.LENS:
            return Live(tested.measure(tested.camera.capture()).focus, Unit.FIGURE)
        if step.task in (Task.BIN_EMPTY, Task.BIN_FULL):
            return Live(self._bin(step.part).level.distance_mm(), Unit.MILLIMETRE)
        if step.task in (Task.STILL, Task.HAND, Task.BOTTLE):
            return Live(int(tested.chute.present()), Unit.YES)
        if step.task is Task.DOOR and tested.fitted.door is not None:
            try:
                return Live(int(tested.fitted.door.is_open()), Unit.YES)
            except NotFitted:
                return None
        return None

    def _bin(self, name: str) -> FittedBin:
        return next(one for one in self.tested.fitted.bins if one.name == name)

    def _may_move(self) -> bool:
        return Sheet(self.tested, self.reserved).danger() is None
