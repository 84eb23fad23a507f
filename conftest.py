"""What all tests share: how hypothesis searches, how browser tests are kept together, and that CI skips nothing."""

import os

import hypothesis
import pytest

pytest_plugins = [
    "tests.browser.fixtures", "tests.contracts.table", "tests.deploy.fixtures", "tests.house.budgets",
    "tests.operations.table",    "tests.parts.databases", "tests.parts.fixtures", "tests.parts.s3",
]  # fmt: skip

IN_CI = bool(os.environ.get("CI"))
BROWSER_FIXTURES = {"chromium", "new_page", "page"}

# In CI the same examples each time, so that a red run is red for its commit; elsewhere new ones each time. A failure
# prints what repeats it either way.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("dev", deadline=None, print_blob=True)
hypothesis.settings.register_profile("long", max_examples=2_000, deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives the browser is marked so, and shares one worker and one Chromium."""
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
            if item.get_closest_marker("xdist_group") is None:
                item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if IN_CI and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("CI skips no test: each of the above must run or be deselected.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
