"""A platform for each module, a machine for each test."""

from __future__ import annotations

import pytest

from tests.machine.kit import MachineKit, PlatformKit


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    kit = PlatformKit(tmp_path_factory.mktemp("platform"))
    yield kit
    kit.close()


@pytest.fixture
def machine(platform, tmp_path):
    registered, api_key = platform.machine()
    kit = MachineKit(tmp_path / registered, id=registered, api_key=api_key, url=platform.url)
    yield kit
    kit.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows what its machine's software wrote."""
    report = yield
    machine = getattr(item, "funcargs", {}).get("machine")
    if report.failed and call.when == "call" and isinstance(machine, MachineKit):
        log = machine.folder / "agent.log"
        report.sections.append(("agent.log", log.read_text()[-4_000:] if log.exists() else "(none)"))
        if machine.agent is not None:
            report.sections.append(("agent's last steps", "\n".join(str(step) for step in machine.agent.last(30))))
    return report
