"""What every contract was held to: a table at the end of a run, port by port; and who was sent away.

A suite whose adapters come by a parameter says `CONTRACT = "Port"` (and `ADAPTERS = "fixture"`); each case that passes
counts. A suite that runs its cases by itself, and whoever tries a broken adapter, calls `told`.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

KEY = "contract"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note port and adapter of each case, so that its report carries them."""
    for item in items:
        port = getattr(getattr(item, "module", None), "CONTRACT", None)
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        adapter = parameters.get(getattr(item.module, "ADAPTERS", "")) if port else None
        if adapter is not None:
            item.user_properties.append((KEY, [port, getattr(adapter, "__name__", str(adapter)), 1, None]))


@pytest.fixture
def told(record_property):
    """Note `told(port, adapter, cases)`, and for a broken adapter also by how many of them it was refused."""

    def tell(port, adapter, cases, refused=None):
        assert cases > 0, f"nothing was asked of {adapter}"
        record_property(KEY, [port, adapter, cases, refused])

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    cases: dict[tuple[str, str], int] = defaultdict(int)
    refused: dict[tuple[str, str], int] = {}
    for report in terminalreporter.stats.get("passed", []):
        for name, value in getattr(report, "user_properties", ()):
            if name == KEY and report.when == "call":
                port, adapter, count, sent_away = value
                cases[port, adapter] += count
                if sent_away is not None:
                    refused[port, adapter] = sent_away
    if not cases:
        return
    terminalreporter.section("contracts: port, adapter, cases")
    for (port, adapter), count in sorted(cases.items(), key=lambda each: (each[0][0], each[0] in refused, each[0])):
        end = f"   broken for the purpose, refused by {refused[port, adapter]}" if (port, adapter) in refused else ""
        terminalreporter.write_line(f"{port:<14} {adapter:<24} {count:4}{end}")
