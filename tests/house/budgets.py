"""What each suite may take, and what it took: a table at the end of a run.

A budget is a promise to whoever waits for CI, which has 30 minutes on two cores. It is told, not enforced: the same
test takes longer on a busy machine, and a test that fails for that proves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath

import pytest

BUDGETS = {
    "features": 120,
    "tests/api": 90,
    "tests/backup": 80,
    "tests/browser": 245,
    "tests/body": 28,
    "tests/cameras": 20,
    "tests/care": 20,
    "tests/commissioning": 60,
    "tests/contracts": 105,
    "tests/demo": 204,
    "tests/deploy": 60,
    "tests/firmware": 12,
    "tests/gpio": 8,
    "tests/hardware_map": 4,
    "tests/house": 90,
    "tests/iio": 4,
    "tests/intake": 45,
    "tests/journal": 120,
    "tests/kiosk": 8,
    "tests/machine": 570,
    "tests/mutants": 240,
    "tests/objects": 30,
    "tests/observability": 30,
    "tests/operations": 60,
    "tests/parts": 60,
    "tests/people": 8,
    "tests/production": 120,
    "tests/pictures": 15,
    "tests/platform": 40,
    "tests/races": 40,
    "tests/retention": 30,
    "tests/serial_link": 30,
    "tests/simulators": 40,
    "tests/sql": 50,
    "tests/training": 240,
    "tests/vision": 70,
}
"""Seconds of one worker, set-up and tear-down included."""


def suite_of(nodeid: str) -> str:
    """Return the suite a test belongs to."""
    parts = PurePosixPath(nodeid.split("::", 1)[0]).parts
    return "/".join(parts[: 2 if parts[0] == "tests" else 1])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, the longest first."""
    took: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                took[suite_of(report.nodeid)] += report.duration
    if sum(took.values()) < 60:
        return
    terminalreporter.section("what the suites took, seconds of one worker")
    for suite, seconds in sorted(took.items(), key=lambda each: -each[1]):
        budget = BUDGETS.get(suite)
        over = budget is None or seconds > budget
        terminalreporter.write_line(f"{suite:<20} {seconds:7.0f} of {budget or 'no budget'}", yellow=over)
