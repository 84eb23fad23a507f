"""Fixtures for tests that drive Chromium.

def test_the_page_shows_cards(new_page, address):
    page = new_page(theme="dark", width=390)
    page.goto(address)
    ...
    assert page.strangers == []          # requests that tried to leave the machine (they were refused)
    assert violations(page) == []        # axe-core, WCAG A and AA
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from entrypoints.assets.npm import fetch_all
from tests.browser.find_browser import find_or_fetch

HERE = Path(__file__).parent
LOCAL = {"localhost", "127.0.0.1", "::1", ""}
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--disable-gpu",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for all tests of this worker."""
    from playwright.sync_api import sync_playwright

    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_fetch(), args=QUIET + root)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages, each in a fresh profile; `page.strangers` and `page.errors` collect what should not happen."""
    contexts = []

    def open_page(*, theme: str = "light", width: int = 1280, height: int = 800, **more: Any) -> Any:
        context = chromium.new_context(
            color_scheme=theme,
            viewport={"width": width, "height": height},
            locale=more.pop("locale", "id-ID"),
            **more,
        )
        contexts.append(context)
        strangers: list[str] = []

        def only_this_machine(route: Any) -> None:
            address = urlsplit(route.request.url)
            if address.scheme in {"http", "https"} and address.hostname not in LOCAL:
                strangers.append(route.request.url)
                route.abort()
            else:
                route.continue_()

        context.route("**/*", only_this_machine)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.strangers, page.errors = strangers, errors
        page.set_default_timeout(15_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    return new_page()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The source of axe-core, from its npm package."""
    fetch_all(HERE / "vendor.json", HERE / "vendor")
    return (HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def violations(axe_script: str) -> Callable[[Any], list[str]]:
    """What axe-core finds on a page, by WCAG 2.2 A and AA: one line each, none when the page is clean."""

    def check(page: Any) -> list[str]:
        page.evaluate(axe_script)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", tags)
        return [
            f"{broken['id']}: {node['target']} {node['failureSummary']}"
            for broken in found["violations"]
            for node in broken["nodes"]
        ]

    return check
