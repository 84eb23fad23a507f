"""The installer's guide in a real browser: every step and phase, both languages and themes, at 1024 x 600 exactly.

With RVM_TEST_SCREENSHOTS=FOLDER each is also kept there as a picture, to be looked at.
"""

from pathlib import Path

import pytest

from application.ports.guide_panel import Begun, Deed, Guided, PassedOver, Pressed
from application.ports.screen import ScreenName, View
from application.ports.service_panel import Order, Service
from domain.commissioning.guide import ANSWERED, Guide, Has, Phase, Reason, steps
from domain.commissioning.kinds import kind_of
from domain.commissioning.lines import Unit, Verdict, Why, judged, without
from domain.commissioning.safety import Danger
from tests.browser.test_kiosk import (
    CUT_OFF,
    FILLED,
    LOOKS,
    OVERLAPS,
    SCREENSHOTS,
    SCROLLS,
    SIZE,
    SMALL_LETTERS,
    SMALL_TARGETS,
    in_english,
)
from tests.kiosk.samples import Kiosk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

EVERYTHING = steps(Has(("all", "aluminium cans"), door=True, light=True, diverter=True))
GOOD = [judged(name, kind_of(name), value) for name, value in {
    "firmware": 1, "disk_sync": 8_123, "network": 140, "clock_offset": -12, "item_sensor_noise": 0,
    "echo_spread.all": 7, "air_temperature": 27_100, "air_humidity": 646, "motor_out": 2_205,
}.items()]  # fmt: skip
ODD = [
    judged("echo_spread.aluminium cans", kind_of("echo_spread"), 38),
    judged("bin_full.all", kind_of("bin_full"), -160, "-10 mm, and the map says 150 mm"),
    without("motor_in", kind_of("motor_in"), Verdict.UNMEASURED, Why.UNSAFE, Danger.DOOR.value),
    without("clock_offset", kind_of("clock_offset"), Verdict.UNMEASURED, Why.NEEDS, "network"),
    without("light_seen", kind_of("light_seen"), Verdict.UNMEASURED, Why.PASSED_OVER, Reason.NOTHING_AT_HAND.value),
    without("camera", kind_of("camera"), Verdict.FAIL, Why.SILENT, "the camera is unplugged"),
]
LIVE = {Unit.MILLIMETRE: 151, Unit.YES: 1, Unit.FIGURE: 13_400}


def guides():
    """A name for the picture, and what is shown: each phase, and each step as it waits."""
    guide = Guide(EVERYTHING)
    yield "asking", Guided(guide)
    guide = guide.begin("Sari W")
    for number, step in enumerate(EVERYTHING):
        unit = Unit.MILLIMETRE if step.part else list(LIVE)[1 + number % 2]
        yield f"{number + 1}-{step.task.value}", Guided(guide, *(() if step.task in ANSWERED else (LIVE[unit], unit)))
        if step.task in ANSWERED:
            guide = guide.saw(right=True)
            continue
        measuring = guide.measure()
        if number == 0:
            yield "measuring", Guided(measuring)
            yield "measured-good", Guided(measuring.measured(GOOD[:4]), 1, Unit.YES)
            yield "measured-many", Guided(measuring.measured(GOOD + ODD))
        guide = measuring.measured(ODD if number == 0 else GOOD[:2]).on()
    yield "finished-saving", Guided(guide)
    for verdict in (Verdict.PASS, Verdict.WARN, Verdict.FAIL):
        yield f"finished-{verdict.value}", Guided(guide, verdict=verdict, key_id="c4f07209")
    yield "finished-not-kept", Guided(guide, failed="[Errno 28] No space left on device")


@pytest.fixture
def kiosk():
    kiosk = Kiosk()
    kiosk.screen.answer(Service(orders=tuple(Order)))
    kiosk.screen.show(View(ScreenName.MAINTENANCE))
    return kiosk


@pytest.fixture
def look(kiosk, new_page):
    with kiosk.served() as address:

        def open_page(theme="light"):
            page = new_page(theme=theme, **SIZE)
            page.goto(address)
            page.wait_for_selector("body[data-screen=maintenance]")
            return page

        yield open_page


def lead(kiosk, page, guided):
    """Show it, and wait until the page has it."""
    kiosk.screen.lead(guided)
    page.wait_for_function("step => document.body.dataset.guide === step", arg=stamp(guided))


def stamp(guided):
    if guided is None:
        return ""
    guide = guided.guide
    return f"{guide.phase.value} {min(guide.at + 1, len(guide.steps))}"


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_every_step_is_whole(kiosk, look, violations, theme, language):
    page = look(theme)
    if language == "en":
        in_english(page)
    for name, guided in guides():
        lead(kiosk, page, guided)
        asking = guided.guide.phase is Phase.ASKING
        page.wait_for_function("open => document.querySelector('.namepad').open === open", arg=asking)
        scripts = {"letters": SMALL_LETTERS, "scrolls": SCROLLS, "targets": SMALL_TARGETS}
        if not asking:
            scripts |= {"cut off": CUT_OFF, "overlaps": OVERLAPS}
        found = {what: page.evaluate(script) for what, script in scripts.items()}
        assert not any(found.values()), f"{name}: {found}"
        assert page.evaluate(FILLED) == 1, name
        if asking or guided.guide.at < 2 or guided.guide.phase is Phase.FINISHED:
            assert violations(page) == [], name
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS) / f"guide-{name}-{theme}-{language}.png")
    assert page.errors == []
    assert page.strangers == []


def test_letters_twice_as_large_scroll_and_lose_nothing(kiosk, look):
    page = look()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for name, guided in guides():
        lead(kiosk, page, guided)
        assert page.evaluate("document.documentElement.scrollWidth") == SIZE["width"], name
        if guided.guide.phase is Phase.ASKING:
            pad = page.get_by_role("dialog", name="Nama pemasang")
            pad.get_by_role("button", name="Mulai").scroll_into_view_if_needed()
        else:
            assert page.evaluate(OVERLAPS) == [], name


def test_a_whole_guide_is_pressed_through(kiosk, look):
    heard = []
    kiosk.screen.heed(heard.append)
    page = look()
    guide = Guide(EVERYTHING)
    lead(kiosk, page, Guided(guide))
    pad = page.get_by_role("dialog", name="Nama pemasang")
    assert page.evaluate("() => document.querySelector('.namepad').scrollHeight <= innerHeight")
    for letter in "BUDI":
        pad.get_by_role("button", name=letter, exact=True).click()
    pad.get_by_role("button", name="Mulai").click()
    guide = guide.begin("BUDI")
    lead(kiosk, page, Guided(guide, 1, Unit.YES))
    page.get_by_role("button", name="Ukur", exact=True).click()
    lead(kiosk, page, Guided(guide.measure()))
    assert page.get_by_role("button", name="Ukur", exact=True).is_disabled()
    lead(kiosk, page, Guided(guide.measure().measured(ODD)))
    page.get_by_role("button", name="Ukur lagi").click()
    page.get_by_role("button", name="Lanjut").click()
    guide = guide.measure().measured(ODD).on()
    lead(kiosk, page, Guided(guide))
    page.get_by_role("button", name="Lewati").click()
    page.get_by_role("button", name="Tidak terjangkau").click()
    while guide.step.task not in ANSWERED:
        guide = guide.pass_over(Reason.LATER)
    lead(kiosk, page, Guided(guide))
    page.get_by_role("button", name="Tidak", exact=True).click()
    page.get_by_role("button", name="Batalkan").click()
    lead(kiosk, page, None)
    page.get_by_role("button", name="Uji diri").wait_for()
    assert heard == [
        Begun("BUDI"), Pressed(Deed.MEASURE), Pressed(Deed.MEASURE), Pressed(Deed.ON), PassedOver(Reason.OUT_OF_REACH),
        Pressed(Deed.WRONG), Pressed(Deed.LEAVE),
    ]  # fmt: skip


def test_the_menu_tells_what_the_self_test_warns_of(kiosk, look):
    kiosk.screen.answer(Service(orders=tuple(Order), warnings=("echo_spread.all", "motor_in", "motor_out")))
    page = look()
    page.locator(".readings").get_by_text("Sebaran gema · all + 2").wait_for()
