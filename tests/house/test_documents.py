"""The documents are true where a machine can tell: two set-up commands, links that lead somewhere, files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -q tox && .venv/bin/tox"


def test_there_are_exactly_two_set_up_commands():
    assert re.findall(r"^```sh\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL) == [f"{SET_UP} -e demo", SET_UP]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith(("#", "mailto:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_file_the_readme_names_is_there():
    named = re.findall(r"`((?:domain|application|adapters|simulators|entrypoints|docs|tests)/[\w./-]*)`", README)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_decision_stands_in_the_index():
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    pages = [page.name for page in sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))]
    assert [page for page in pages if f"({page})" not in index] == []
    numbers = [page[:4] for page in pages]
    assert len(numbers) == len(set(numbers))


def test_every_test_that_a_page_names_is_there():
    named = {name for page in PAGES for name in re.findall(r"`(tests/[\w./]+::\w+)`", page.read_text(encoding="utf-8"))}
    gone = [
        name
        for name in sorted(named)
        if f"def {name.split('::')[1]}(" not in (ROOT / name.split("::")[0]).read_text(encoding="utf-8")
    ]
    assert (len(named) > 20, gone) == (True, [])
