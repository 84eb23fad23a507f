"""Joining in on the page of the demo: a photograph of one's own becomes points, in a real browser."""

import base64
import hashlib
import re

import httpx
import pytest

from adapters.vision.pictures import decode
from entrypoints.eyes import open_eyes
from tests.browser.conftest import photograph
from tests.browser.visitor import WORTH
from tests.vision.drawing import png_chunk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


def test_a_dropped_photograph_becomes_points(demo, visitor):
    picture = photograph("metal").read_bytes()
    visitor.come_in()
    visitor.drop("can.jpg", base64.b64encode(picture).decode())
    visitor.item().get_by_text("Masuk ke saldo").wait_for()
    visitor.wait_for_sums(1, WORTH["metal"])
    visitor.done()
    visitor.panel.get_by_text("Terima kasih. 1 benda, 80 poin.").wait_for()
    assert visitor.panel.locator(".balance .value").inner_text() == "80"

    decided = demo.decided()[hashlib.sha256(picture).hexdigest()]
    seen = open_eyes().recognise(decode(picture))
    assert decided.recognition.box == seen.box, "the journal's box is what `rvm recognise` says"
    assert decided.recognition.label == seen.label
    assert visitor.page.strangers == []
    assert visitor.page.errors == []


def test_the_box_on_the_page_is_the_models_at_the_right_place(demo, visitor):
    picture = photograph("glass")
    visitor.come_in()
    visitor.choose(str(picture))
    visitor.item().get_by_text("Masuk ke saldo").wait_for()
    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    box = demo.decided()[sha256].recognition.box
    frame = visitor.page.locator(f'.frame:has(img[src="/pictures/{sha256}"])')
    frame.locator("rect").wait_for()
    drawn = frame.locator("rect").bounding_box()
    image = frame.locator("img").evaluate(
        "img => ({...img.getBoundingClientRect().toJSON(), across: img.naturalWidth, down: img.naturalHeight})"
    )
    scale = max(image["width"] / image["across"], image["height"] / image["down"])
    left = image["x"] + (image["width"] - image["across"] * scale) / 2
    top = image["y"] + (image["height"] - image["down"] * scale) / 2
    assert drawn["x"] == pytest.approx(left + box.x0 * scale, abs=3)
    assert drawn["y"] == pytest.approx(top + box.y0 * scale, abs=3)
    assert drawn["width"] == pytest.approx((box.x1 - box.x0) * scale, abs=5)
    visitor.done()


def test_what_is_refused_is_taken_back(visitor):
    visitor.come_in()
    visitor.choose(str(photograph("paper")))
    visitor.item().get_by_text("Kertas").wait_for()
    visitor.item().get_by_role("button", name="Ambil kembali").click()
    visitor.item().get_by_text("Sudah Anda ambil kembali.").wait_for()
    assert visitor.sums() == [0, 0]
    visitor.choose(str(photograph("plastic")))
    visitor.wait_for_sums(1, WORTH["plastic"])
    visitor.done()


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.jpg", b""), ("cut.jpg", None), ("story.txt", b"Once upon a time"), ("fake.png", b"\x89PNG\r\n\x1a\n")],
)
def test_a_broken_file_gets_an_answer_and_nothing_is_lost(demo, visitor, name, content):
    before = len(demo.decided())
    if content is None:
        content = photograph("glass").read_bytes()[:3000]
    visitor.come_in()
    visitor.choose({"name": name, "mimeType": "image/jpeg", "buffer": content})
    visitor.panel.get_by_role("alert").get_by_text("bukan foto").wait_for()
    assert len(demo.decided()) == before
    visitor.choose(str(photograph("metal", 1)))
    visitor.wait_for_sums(1, WORTH["metal"])
    visitor.done()


def bomb():
    """A PNG of a few hundred bytes that says it is 30,000 pixels wide and high."""
    size = (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", size) + png_chunk(b"IDAT", b"\x00" * 200) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("shown", [b"", b"a letter", bomb(), None], ids=["empty", "none", "a bomb", "cut off"])
def test_what_is_no_picture_is_counted_and_nothing_is_lost(demo, shown):
    sent = photograph("glass").read_bytes()[:3000] if shown is None else shown
    machine, before = demo.stage.machines[0].id, len(demo.decided())
    counted = refusals(demo)
    refused = httpx.post(f"{demo.address}demo/machines/{machine}/code", params={"visitor": "v"}, content=sent)
    assert (refused.status_code, refused.json()["type"]) == (422, "https://myrvm.org/problems/picture")
    assert refusals(demo) == counted + 1
    assert len(demo.decided()) == before
    assert demo.stage.machines[0].place.who != "v"


def refusals(demo):
    found = re.search(
        r'^rvm_demo_refused_total\{why="picture"\} (.*)$', httpx.get(f"{demo.address}demo/metrics").text, re.MULTILINE
    )
    return float(found[1]) if found else 0.0


def test_a_photograph_turned_by_exif_is_seen_upright(demo, visitor):
    import cv2

    upright = cv2.imread(str(photograph("glass", 1)))
    done, turned = cv2.imencode(".jpg", cv2.rotate(upright, cv2.ROTATE_90_COUNTERCLOCKWISE))
    assert done
    # Exif: one entry, Orientation = 6 (turn a quarter clockwise to see it upright).
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    picture = turned.tobytes()
    picture = picture[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + picture[2:]
    visitor.come_in()
    visitor.choose({"name": "turned.jpg", "mimeType": "image/jpeg", "buffer": picture})
    visitor.item().locator(".name").wait_for()
    box = demo.decided()[hashlib.sha256(picture).hexdigest()].recognition.box
    assert box.x1 <= upright.shape[1]
    frame = visitor.page.locator(f'.frame img[src="/pictures/{hashlib.sha256(picture).hexdigest()}"]')
    frame.wait_for()
    assert frame.evaluate("img => img.naturalWidth < img.naturalHeight"), "shown upright, as the model saw it"
    visitor.done()


def test_the_panel_is_left_and_entered_by_keyboard(visitor):
    page = visitor.page
    join = page.get_by_role("button", name="Ikut menyetor")
    join.focus()
    page.keyboard.press("Enter")
    visitor.button("Mulai setor botol").wait_for()
    page.keyboard.press("Escape")
    visitor.panel.wait_for(state="hidden")
    assert join.evaluate("button => button === document.activeElement")
