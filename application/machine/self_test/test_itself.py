"""The self-test that needs nobody: measure, compare with the day of installation, sign, keep."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from application.machine.self_test.measure_camera import measure_camera
from application.machine.self_test.measure_motion import measure_motion
from application.machine.self_test.measure_running import firmware_version, measure_running
from application.machine.self_test.measure_sensors import measure_sensors
from application.machine.self_test.reports import Kept, Reports
from application.machine.self_test.tested import Sheet, Tested
from domain.commissioning.drift import compared
from domain.commissioning.report import About, Report, ReportKind


@frozen
class Facts:
    """What is known of a machine before it is tested; as `domain.commissioning.report.About` has it."""

    machine: str
    hardware_map: str
    software: str
    model: str

    def about(self, firmware: str) -> About:
        """Return them with what was found to run."""
        return About(self.machine, self.hardware_map, firmware, self.software, self.model)


@frozen
class TestItself:
    """Call it off the deciding thread; it takes some ten seconds."""

    __test__ = False  # its name begins as a test's does

    tested: Tested
    reports: Reports
    facts: Facts

    def __call__(self, reserved: Callable[[], bool]) -> Kept:
        """Test, and return the report that was kept. Raises OSError when it cannot be kept.

        `reserved` tells whether nobody is being served, and nobody will be: nothing moves while it does not.
        """
        installed = self.reports.kept(ReportKind.COMMISSIONING)
        sheet = Sheet(self.tested, reserved)
        measure_running(sheet)
        measure_sensors(sheet)
        measure_motion(sheet)
        measure_camera(sheet, None if installed is None else installed.report.clean)
        now = self.tested.clock.now()
        return self.reports.keep(
            Report(
                ReportKind.SELF_TEST,
                self.facts.about(firmware_version(sheet)),
                now.wall,
                now.trusted,
                compared(sheet.lines, () if installed is None else installed.report.lines),
                compared_with="" if installed is None else installed.sha256,
            )
        )
