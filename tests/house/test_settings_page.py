"""docs/settings.md says what the code says."""

from pathlib import Path

import pytest

from entrypoints.settings import GROUPS, PlatformSettings, UnknownSetting, fields_of, page

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


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_a_name_that_is_no_setting_is_refused(group, monkeypatch):
    prefix = group.model_config["env_prefix"]
    monkeypatch.setenv(f"{prefix}NO_SUCH_THING", "1")
    with pytest.raises(UnknownSetting, match=f"{prefix}NO_SUCH_THING is no setting"):
        group()


def test_what_may_have_been_meant_is_said(monkeypatch):
    monkeypatch.setenv("RVM_PLATFORM_PROT", "8000")
    with pytest.raises(UnknownSetting, match="is RVM_PLATFORM_PORT meant"):
        PlatformSettings()


def test_a_line_of_a_file_is_held_to_the_same(tmp_path):
    file = tmp_path / ".env"
    file.write_text("RVM_MACHINE_ID=of another deployable\nRVM_PLATFORM_PORT=1234\n")
    assert PlatformSettings(_env_file=file).port == 1234
    file.write_text("RVM_PLATFORM_PROT=1234\n")
    with pytest.raises(UnknownSetting):
        PlatformSettings(_env_file=file)
