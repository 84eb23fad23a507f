"""The colours every screen uses can be read."""

import re

import pytest

from entrypoints.assets import FOLDER

CSS = (FOLDER / "tokens.css").read_text(encoding="utf-8")
TEXTS = ("ink", "quiet", "leaf", "sun", "clay", "fault", "water")
SURFACES = ("ground", "card")


def tokens_of(block: str) -> tuple[dict[str, str], dict[str, str]]:
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", block)
    return {name: light for name, light, _ in found}, {name: dark for name, _, dark in found}


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


NORMAL = tokens_of(CSS.split(":root {")[1].split("}")[0])
MORE = tokens_of(CSS.split('[data-contrast="more"] {')[1].split("}")[0])
MORE_BY_SYSTEM = tokens_of(CSS.split(':root:not([data-contrast="normal"]) {')[1].split("}")[0])


@pytest.mark.parametrize("theme", NORMAL, ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("surface", SURFACES)
def test_text_can_be_read(theme, text, surface):
    assert contrast(theme[text], theme[surface]) >= 5.5


@pytest.mark.parametrize("theme", NORMAL, ids=["light", "dark"])
def test_text_on_the_main_button_can_be_read(theme):
    assert contrast(theme["on-leaf"], theme["leaf"]) >= 5.5


@pytest.mark.parametrize("theme", MORE, ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read_in_the_sun(theme, text):
    assert contrast(theme[text], theme["ground"]) >= 9


def test_the_system_and_the_setting_mean_the_same_contrast():
    assert MORE == MORE_BY_SYSTEM


def test_nothing_comes_from_another_host():
    assert not re.search(r"(url\(|@import)[^;]*//", CSS)
