"""How often each operation of the API was granted: a table at the end of a run."""

from __future__ import annotations

import pytest

KEY = "operation"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, each operation with its requests by what became of them."""
    told = [
        value
        for report in terminalreporter.stats.get("passed", [])
        for name, value in getattr(report, "user_properties", ())
        if name == KEY and report.when == "call"
    ]
    if not told:
        return
    terminalreporter.section("operations of the API: granted (2xx), refused (4xx), broken (5xx)")
    for operation, granted, refused, broken in told:
        terminalreporter.write_line(f"{operation:<70} {granted:6} {refused:6} {broken:3}")
    sums = [sum(each) for each in zip(*(counts for _, *counts in told), strict=True)]
    terminalreporter.write_line(f"{f'all {len(told)}':<70} {sums[0]:6} {sums[1]:6} {sums[2]:3}")
