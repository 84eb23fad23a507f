"""The live page of the demo, in a real browser, on a demo that really runs."""

import os
import time
from pathlib import Path

import pytest

from tests.browser.conftest import photograph
from tests.browser.visitor import SHOWN, WORTH, Visitor, number, totals

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


def in_words(page):
    """Everything that the feed of relayed rows moves."""
    return [totals(page)[1:4], *(card.inner_text() for card in page.locator(".machine .numbers").all())]


# ------------------------------------------------------------------ watching


def test_cards_move_while_people_deposit(demo, people, new_page):
    page = new_page()
    page.set_default_timeout(SHOWN)
    page.goto(demo.address)
    begin = totals(page)[1]
    page.wait_for_function(
        "begin => Number(document.querySelectorAll('#totals dd')[1].textContent.replaceAll('.', '')) >= begin + 3",
        arg=begin,
    )
    card = page.locator(".machine").first
    card.locator("img").wait_for()
    assert card.locator(".tag").inner_text().endswith("%")
    page.get_by_text("Buku besar seimbang").wait_for()
    assert page.strangers == []
    assert page.errors == []


def test_a_page_that_comes_late_counts_the_same(demo, new_page):
    early = new_page()
    early.goto(demo.address)
    guest = Visitor(early, demo.address)
    guest.come_in()
    guest.choose(str(photograph("glass", 2)))
    guest.wait_for_sums(1, WORTH["glass"])
    guest.done()
    late = new_page()
    late.goto(demo.address)
    late.locator(".machine img").first.wait_for()
    end = time.monotonic() + SHOWN / 1000
    while in_words(late) != in_words(early) and time.monotonic() < end:
        late.wait_for_timeout(100)  # numbers count up
    assert in_words(late) == in_words(early), "the board's sum and the feed's are the same sum"


def test_with_the_relay_stopped_the_page_stands_still(demo, visitor, new_page):
    watcher = new_page()
    watcher.set_default_timeout(SHOWN)
    watcher.goto(demo.address)
    watcher.locator(".machine").first.wait_for()
    visitor.come_in()
    demo.relay.stop()
    try:
        still, recorded = in_words(watcher), demo.deposits()
        pictures = [image.get_attribute("src") for image in watcher.locator(".machine img").all()]
        visitor.choose(str(photograph("plastic", 1)))
        visitor.item().locator(".name").wait_for()  # from the machine's own screen
        watcher.wait_for_function(
            "async recorded => (await (await fetch('/demo/proof')).json()).deposits > recorded", arg=recorded
        )
        assert in_words(watcher) == still, "committed, but not relayed"
        assert [image.get_attribute("src") for image in watcher.locator(".machine img").all()] == pictures
    finally:
        demo.relay.start()
    watcher.wait_for_function(
        "points => Number(document.querySelectorAll('#totals dd')[3].textContent.replaceAll('.', '')) > points",
        arg=still[0][2],
    )
    visitor.done()


def test_a_lost_connection_is_said_and_mended(demo, new_page):
    page = new_page()
    page.set_default_timeout(SHOWN)
    reachable = True
    sockets = []

    def carry(socket):
        if not reachable:
            socket.close()
            return
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/api/v1/fleet/live", carry)
    page.goto(demo.address)
    page.locator(".machine").first.wait_for()
    assert page.locator("#lost").is_hidden()
    reachable = False
    sockets[-1].close()
    page.get_by_text("Sambungan ke platform putus").wait_for()
    reachable = True
    page.locator("#lost").wait_for(state="hidden")


def test_off_line_and_without_power_are_said_in_words(demo, new_page):
    page = new_page()
    page.set_default_timeout(SHOWN)
    page.goto(demo.address)
    machine = demo.stage.machines[1]
    card = page.locator(f'[data-machine="{machine.id}"].machine')
    card.get_by_text("Siap").wait_for()
    machine.cut()
    card.get_by_text("Luring").wait_for()
    machine.power_off()
    card.get_by_text("Mati listrik").wait_for()
    machine.power_on()
    machine.restore()
    card.get_by_text("Siap").wait_for()


# ------------------------------------------------------------------ for everybody


def test_english_says_the_same_with_its_own_numbers(visitor):
    page = visitor.page
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Fleet").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"
    formatted = page.evaluate("import('/page/words.js').then(words => words.number(12460))")
    assert formatted == "12,460"
    page.reload()
    page.get_by_role("heading", name="Fleet").wait_for()
    page.get_by_role("button", name="Bahasa Indonesia").click()
    assert page.evaluate("import('/page/words.js').then(words => words.number(12460))") == "12.460"


def test_one_thing_is_one_thing(page, demo):
    page.goto(demo.address)
    said = page.evaluate(
        """async () => {
            const { speak, words } = await import('/page/words.js');
            const say = (n) => [words().totals.machines(n), words().totals.items(n), words().proof.balanced(n),
                words().bars(n, n), words().recycler.thanks(n, n), words().states.offline(n)];
            return ['en', 'id'].map((name) => { speak(name); return [1, 1204].map(say); });
        }"""
    )
    assert said == [
        [
            ["machine", "item today", "Ledger balances · 1 deposit, 0 lost, 0 doubled", "Last item, 1 accepted",
             "Thank you. 1\u00a0item, 1\u00a0point.", "Offline · 1 waiting"],
            ["machines", "items today", "Ledger balances · 1,204 deposits, 0 lost, 0 doubled",
             "Last 1,204 items, 1,204 accepted", "Thank you. 1,204\u00a0items, 1,204\u00a0points.",
             "Offline · 1,204 waiting"],
        ],
        [
            ["mesin", "benda hari ini", "Buku besar seimbang · 1 setoran, 0 hilang, 0 ganda",
             "1 benda terakhir, 1 diterima", "Terima kasih. 1\u00a0benda, 1\u00a0poin.", "Luring · 1 menunggu"],
            ["mesin", "benda hari ini", "Buku besar seimbang · 1.204 setoran, 0 hilang, 0 ganda",
             "1.204 benda terakhir, 1.204 diterima", "Terima kasih. 1.204\u00a0benda, 1.204\u00a0poin.",
             "Luring · 1.204 menunggu"],
        ],
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (1280, 960), (1920, 1080)])
def test_whole_cards_are_on_the_screen_and_end_where_the_head_ends(new_page, demo, width, height):
    page = new_page(width=width, height=height)
    page.goto(demo.address)
    page.locator(".machine").nth(1).wait_for()
    grid, head = (page.locator(place).bounding_box() for place in (".fleet", ".top"))
    assert grid["x"] + grid["width"] == pytest.approx(head["x"] + head["width"], abs=1)
    assert head["x"] == pytest.approx(grid["x"], abs=1)
    for card in page.locator(".machine").all():
        box = card.bounding_box()
        assert box["y"] + box["height"] <= height


def test_both_languages_have_the_same_words(page, demo):
    page.goto(demo.address)
    shapes = page.evaluate(
        """async () => {
            const words = await import('/page/words.js');
            const shape = (value) => typeof value === 'object'
                ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, shape(value[key])])) : typeof value;
            const shapes = [];
            for (const name of ['id', 'en']) { words.speak(name); shapes.push(JSON.stringify(shape(words.words()))); }
            return shapes;
        }"""
    )
    assert shapes[0] == shapes[1]


def test_script_text_in_a_name_stays_text(page, demo):
    page.goto(demo.address)
    name = "<img src=x onerror=window.ran=true><script>window.ran=true</script>"
    shown = page.evaluate(
        """async name => {
            const {card} = await import('/page/card.js');
            const one = card();
            one.show({id: name, name, items: 1, refused: 0, points: 1, world: null, history: [],
                      last: {item: name, accepted: true, label: name, reason: name, confidence: 1, model: name}});
            document.body.append(one.element);
            await new Promise((done) => setTimeout(done, 50));
            return [one.element.querySelector('h3').textContent, one.element.querySelectorAll('script').length,
                    window.ran === true];
        }""",
        name,
    )
    assert shown == [name, 0, False]


def test_nothing_may_come_from_elsewhere(page, demo):
    answer = page.goto(demo.address)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    refused = page.evaluate("fetch('https://example.org/').then(() => 'came through', () => 'refused')")
    assert refused == "refused"
    assert page.strangers == [], "the policy stops it before it becomes a request"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_any_step(demo, new_page, violations, theme):
    page = new_page(theme=theme, height=900, reduced_motion="reduce")
    visitor = Visitor(page, demo.address)
    page.locator(".machine").first.wait_for()
    assert violations(page) == []
    visitor.join()
    visitor.button("Mulai setor botol").wait_for()
    assert violations(page) == []
    visitor.get_code()
    assert violations(page) == []
    visitor.button("Tunjukkan ke kamera").click()
    visitor.panel.get_by_text("Masukkan botol satu per satu").wait_for()
    visitor.choose(str(photograph("paper", 1)))
    visitor.item().get_by_role("button", name="Ambil kembali").wait_for()
    assert violations(page) == []
    visitor.item().get_by_role("button", name="Ambil kembali").click()
    visitor.done()
    assert violations(page) == []


@pytest.mark.parametrize(
    ("name", "theme", "width", "height"),
    [("wide", "light", 1400, 900), ("wide", "dark", 1400, 900), ("tablet", "light", 820, 1180),
     ("phone", "light", 320, 700), ("phone", "dark", 390, 844)],
)  # fmt: skip
def test_every_screen_fits_and_is_photographed(demo, new_page, tmp_path, name, theme, width, height):
    folder = Path(os.environ.get("RVM_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    page = new_page(theme=theme, width=width, height=height)
    visitor = Visitor(page, demo.address)

    def photographed(step):
        page.screenshot(path=folder / f"{name}-{theme}-{width}-{step}.png", full_page=step == "0-fleet")
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{step} has to be scrolled sideways"

    page.locator(".machine").first.wait_for()
    photographed("0-fleet")
    visitor.join()
    visitor.button("Mulai setor botol").wait_for()
    photographed("1-start")
    visitor.get_code()
    photographed("2-code")
    visitor.button("Tunjukkan ke kamera").click()
    visitor.panel.get_by_text("Masukkan botol satu per satu").wait_for()
    visitor.choose(str(photograph("metal", 2)))
    visitor.wait_for_sums(1, WORTH["metal"])
    visitor.choose(str(photograph("cardboard")))
    visitor.item().get_by_role("button", name="Ambil kembali").wait_for()
    photographed("3-insert")
    visitor.item().get_by_role("button", name="Ambil kembali").click()
    visitor.done()
    photographed("4-thanks")
    assert number(visitor.panel.locator(".balance .value").inner_text()) == WORTH["metal"]
    assert page.errors == []
