"""The kiosk's page in a real browser: every screen, both languages, at 1024 x 600 exactly.

With RVM_TEST_SCREENSHOTS=FOLDER each screen is also kept there as a picture, to be looked at.
"""

import os
from pathlib import Path

import pytest

from application.ports.hardware import Button, ButtonPressed
from application.ports.screen import ScreenName, View
from application.ports.service_panel import Order, Ordered, PinEntered, PinVerdict, Service
from domain.deposits.bodies import Counters, Opener
from domain.deposits.machine_totals import MachineTotals
from domain.deposits.recognition import Material
from tests.kiosk.samples import Kiosk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SCREENSHOTS = os.environ.get("RVM_TEST_SCREENSHOTS", "")
# Each theme and each language; all pairs of them where pictures are wanted.
LOOKS = [("light", "id"), ("dark", "en"), *([("light", "en"), ("dark", "id")] if SCREENSHOTS else [])]
SIZE = {"width": 1024, "height": 600}
SCROLLS = """() => {
    const page = document.documentElement;
    return page.scrollWidth > innerWidth || page.scrollHeight > innerHeight;
}"""
CUT_OFF = """() => [...document.querySelectorAll("main *, aside *")].filter((element) => {
    if (!element.checkVisibility() || element.closest(".spoken, svg")) return false;
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return left < 0 || right > innerWidth || top < 0 || bottom > innerHeight
        || (element.matches("button, dd, h1, h2") && element.scrollWidth > element.clientWidth + 1);
}).map((element) => element.outerHTML.slice(0, 120))"""
SMALL_LETTERS = """() => [...document.querySelectorAll("main *, aside *, dialog *")].filter((element) =>
    element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
    && parseFloat(getComputedStyle(element).fontSize) < 20).map((element) => element.outerHTML.slice(0, 120))"""
SMALL_TARGETS = """() => [...document.querySelectorAll("button")].filter((element) => element.checkVisibility())
    .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 88 || height < 88).map(([html]) => html)"""
FILLED = "() => [...document.querySelectorAll('.button.main')].filter((element) => element.checkVisibility()).length"
OVERLAPS = """() => {
    const seen = [...document.querySelectorAll("h1, .sub, .also li, .sums div, .sign svg, .state, .bar button")]
        .filter((element) => element.checkVisibility()).map((element) => [element, element.getBoundingClientRect()]);
    const found = [];
    for (const [one, a] of seen) for (const [other, b] of seen) {
        if (one === other || one.contains(other) || other.contains(one)) continue;
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) {
            found.push(`${one.className || one.tagName} over ${other.className || other.tagName}`);
        }
    }
    return found;
}"""


@pytest.fixture
def kiosk():
    kiosk = Kiosk()
    kiosk.screen.tell(
        model="first-light-2+2a1b3c4d",
        software="myrvm 0.1.0",
        totals=MachineTotals(3_000, 12_460, {Material.GLASS: 3_210, Material.METAL: 2_250, Material.PLASTIC: 7_000}),
    )
    kiosk.screen.answer(Service(orders=tuple(Order), counters=Counters(12_460, 312), present=False, unsent=14))
    return kiosk


@pytest.fixture
def look(kiosk, new_page):
    """Open the page; `look(theme)` returns it."""
    with kiosk.served() as address:

        def open_page(theme="light", **more):
            page = new_page(theme=theme, **SIZE, **more)
            page.goto(address)
            page.wait_for_selector("body[data-screen]")
            return page

        yield open_page


def show(kiosk, page, view):
    """Show a view and wait until the page has it."""
    kiosk.screen.show(view)
    page.wait_for_function("name => document.body.dataset.screen === name", arg=view.screen.value)
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    # What slides in or counts up takes 300 ms; it is looked at once it is there.
    page.wait_for_function("() => document.getAnimations().length === 0")


def in_english(page):
    page.get_by_role("button", name="English").click()
    page.wait_for_function("() => document.documentElement.lang === 'en'")


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_every_screen_is_whole(kiosk, look, violations, theme, language):
    page = look(theme)
    headlines = set()
    for screen in ScreenName:
        view = kiosk.view(screen)
        kiosk.screen.tell(off_line=bool(view.notes), waiting=14 if view.notes else 0)
        show(kiosk, page, view)
        if page.evaluate("document.documentElement.lang") != language:
            in_english(page)
        said = page.locator("h1").inner_text(), page.locator("#sub").inner_text()
        assert all(said), f"{screen}: blank"
        headlines.add(said)
        found = {name: page.evaluate(script) for name, script in {
            "scrolls": SCROLLS, "cut off": CUT_OFF, "letters": SMALL_LETTERS, "targets": SMALL_TARGETS,
            "overlaps": OVERLAPS,
        }.items()}  # fmt: skip
        assert not any(found.values()), f"{screen}: {found}"
        assert page.evaluate(FILLED) <= 1
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)") == 56
        assert violations(page) == [], screen
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS) / f"{screen.value}-{theme}-{language}.png")
    assert len(headlines) == len(ScreenName), "two screens say the same"
    assert page.strangers == []
    assert page.errors == []


def test_letters_twice_as_large_scroll_and_lose_nothing(kiosk, look):
    page = look()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for screen in ScreenName:
        show(kiosk, page, kiosk.view(screen))
        assert page.evaluate("document.documentElement.scrollWidth") == SIZE["width"], screen
        assert page.evaluate(OVERLAPS) == []


def test_buttons_come_back_as_notices(kiosk, look):
    heard = []
    kiosk.screen.listen(heard.append)
    page = look()
    show(kiosk, page, kiosk.view(ScreenName.WELCOME))
    page.get_by_role("button", name="Setor tanpa akun").click()
    show(kiosk, page, kiosk.view(ScreenName.INSERT))
    page.get_by_role("button", name="Selesai").press("Enter")
    page.get_by_role("button", name="English").click()
    show(kiosk, page, kiosk.view(ScreenName.WELCOME))  # what was sent before has arrived
    assert heard == [ButtonPressed(Button.GUEST), ButtonPressed(Button.DONE)]


def test_the_next_person_is_greeted_in_indonesian(kiosk, look):
    page = look()
    show(kiosk, page, kiosk.view(ScreenName.WELCOME))
    in_english(page)
    show(kiosk, page, kiosk.view(ScreenName.INSERT))
    assert page.locator("h1").inner_text() == "Insert bottles one by one"
    assert page.locator("#sums").inner_text().split() == ["items", "7", "points", "410"]
    show(kiosk, page, kiosk.view(ScreenName.WELCOME))
    assert page.locator("h1").inner_text() == "Tunjukkan kode QR Anda"


def test_a_guest_is_told_of_a_donation(kiosk, look):
    page = look()
    show(kiosk, page, View(ScreenName.INSERT, by=Opener.GUEST))
    assert "donasi" in page.locator("#sub").inner_text()
    assert page.locator("#sums").inner_text().split() == ["benda", "0"]


def test_the_box_lies_where_the_model_saw_the_item(kiosk, look):
    page = look()
    show(kiosk, page, kiosk.view(ScreenName.ACCEPTED))
    drawn = page.locator(".items rect").first
    sides = [drawn.get_attribute(name) for name in ("x", "y", "width", "height")]
    assert sides == ["96", "128", "192", "256"], "the middle half of 384 x 512"
    page.get_by_role("button", name="Tentang gambar").first.click()
    assert "first-light-2+2a1b3c4d" in page.get_by_role("dialog").inner_text()
    assert page.evaluate(SMALL_TARGETS) == []
    page.get_by_role("button", name="Tutup").click()
    page.get_by_role("dialog").wait_for(state="hidden")


def test_the_pin_pad_and_the_menu_take_fingers_and_keys(kiosk, look, violations):
    words = []
    kiosk.screen.hear(words.append)
    page = look()
    show(kiosk, page, kiosk.view(ScreenName.OUT_OF_SERVICE))
    page.get_by_role("button", name="Teknisi").click()
    pad = page.get_by_role("dialog", name="PIN teknisi")
    assert page.evaluate(SMALL_TARGETS) == []
    assert violations(page) == []
    for digit in "271":
        pad.get_by_role("button", name=digit, exact=True).click()
    pad.press("8")
    assert pad.locator(".dots").inner_text() == "••••", "the digits are not shown"
    pad.get_by_role("button", name="Masuk").click()
    page.wait_for_function("() => document.querySelector('.dots').textContent === '–'")
    kiosk.screen.answer(Service(pin=PinVerdict.WRONG, wait=30_000_000, orders=tuple(Order)))
    pad.get_by_text("PIN tidak cocok. Terlalu sering salah. Coba lagi dalam 30 detik.").wait_for()
    show(kiosk, page, kiosk.view(ScreenName.MAINTENANCE))
    pad.wait_for(state="hidden")
    page.get_by_role("button", name="Motor masuk").click()
    kiosk.screen.answer(Service(failed="nothing passed the in-sensor in time", orders=tuple(Order)))
    page.locator("#sub").get_by_text("Tidak berhasil: nothing passed").wait_for()
    assert words == [PinEntered("2718"), Ordered(Order.MOTOR_IN)]


def test_a_machine_that_is_gone_is_waited_for_in_words(kiosk, new_page):
    with kiosk.served() as address:
        page = new_page(**SIZE)
        page.goto(address)
        show(kiosk, page, kiosk.view(ScreenName.WELCOME))
    page.get_by_text("Layar menunggu mesin. Poin Anda aman.", exact=True).wait_for()


def test_the_sun_and_who_wants_no_motion(kiosk, look):
    page = look(reduced_motion="reduce")
    show(kiosk, page, kiosk.view(ScreenName.WELCOME))
    page.get_by_role("button", name="Kontras").click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    title = page.locator(".attract h2").inner_text()
    page.get_by_role("button", name="Berikutnya").click()
    assert page.locator(".attract h2").inner_text() != title, "by hand it turns"
