"""docs/settings.md says what the code says."""

from pathlib import Path

from entrypoints.settings import GROUPS, fields_of, page

ROOT = Path(__file__).parents[2]


def test_the_page_is_current():
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == page(), "run: rvm settings --write docs/settings.md"


def test_every_setting_is_described():
    assert [name for group in GROUPS for name, field in fields_of(group) if not field.description] == []


def test_every_variable_is_ours_and_stands_once():
    names = [name for group in GROUPS for name, _ in fields_of(group)]
    assert len(names) == len(set(names))
    assert [name for name in names if not name.startswith("RVM_")] == []
