"""One machine to play with: its kiosk in a frame, hands beside it, and states that simulated hardware brings about."""

import time

import pytest

from adapters.identity.passwords import Argon2Cost, Argon2Passwords
from application.ports.screen import ScreenName
from entrypoints.demo.events import EventLog
from entrypoints.demo.hosting import Platform, listen
from entrypoints.demo.pictures import find
from entrypoints.demo.stage import Stage
from entrypoints.machine.play.body import body_hull
from entrypoints.machine.play.hands import Hands
from entrypoints.machine.play.run import PIN, SAMPLES
from entrypoints.machine.play.site import Site
from tests.browser.visitor import SHOWN
from tests.machine.kit import code_png, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400), pytest.mark.xdist_group("browser")]

CARDBOARD, GLASS, METAL = "1", "2", "3"
"""Photographs by the number on their buttons."""
NOTE_SCREENS = """() => {
    const note = () => (window.seen ??= new Set()).add(document.body.dataset.screen);
    new MutationObserver(note).observe(document.body, {attributes: true, attributeFilter: ["data-screen"]});
    note();
}"""


class Play:
    def __init__(self, stage, site, address, kiosk):
        self.stage, self.site, self.address, self.kiosk = stage, site, address, kiosk
        self.machine = stage.machines[0]


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    data = tmp_path_factory.mktemp("play")
    listening = listen(0)
    with listen(0) as free:
        port = free.getsockname()[1]
    site = Site(f"http://localhost:{port}/", PIN)
    settings = {
        "RVM_MACHINE_KIOSK": f"127.0.0.1:{port}",
        "RVM_MACHINE_PIN_HASH": Argon2Passwords(Argon2Cost(64, 1, 1)).hash(PIN),
    }
    stage = Stage(
        Platform(data, listening), machines=1, seed=7, pictures=find(None), data=data, events=EventLog(None),
        settings=settings, samples=SAMPLES, hull=body_hull(7),
    )  # fmt: skip
    try:
        stage.open(site.app())
        site.hands = Hands(stage, stage.machines[0].person)
        yield Play(stage, site, f"http://localhost:{listening.getsockname()[1]}/", site._kiosk)
    finally:
        stage.close()


@pytest.fixture
def page(play, new_page):
    page = new_page(width=1120, height=1750)
    page.set_default_timeout(SHOWN)
    page.goto(play.address)
    return page


class Table:
    """The page with the kiosk in its frame, in the words of what somebody does there."""

    def __init__(self, page, play):
        self.page, self.kiosk, self.machine = page, page.frame_locator("iframe"), play.machine

    def hands(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def press(self, name):
        self.kiosk.get_by_role("button", name=name, exact=True).click()

    def shows(self, headline):
        self.kiosk.get_by_role("heading", name=headline, exact=True).wait_for()

    def put(self, photograph):
        """Put it in once the motor stands still."""
        self.page.wait_for_function("() => !document.querySelector('.readings')?.textContent.includes('Motormen')")
        self.hands(f"Masukkan foto {photograph}")

    def take(self):
        """Take back what is refused once it is out: a hand before that would only stop it."""
        self.waits_outside()
        self.hands("Ambil kembali")

    def leaves_nothing(self):
        """Take whatever an earlier story left within reach."""
        deadline = time.monotonic() + SHOWN / 1_000
        while self.machine.person.state()["within_reach"]:
            assert time.monotonic() < deadline, "it cannot be taken"
            self.hands("Ambil kembali")
            self.page.wait_for_timeout(100)

    def waits_outside(self):
        deadline = time.monotonic() + SHOWN / 1_000
        while not any(item["where"] == "opening" for item in self.machine.person.state()["items"]):
            assert time.monotonic() < deadline, "nothing came out"
            self.page.wait_for_timeout(50)


def test_every_state_that_hands_can_bring_about(play, page, new_page):
    watcher = new_page(width=1024, height=600)
    watcher.goto(play.kiosk)
    watcher.wait_for_selector("body[data-screen]")
    watcher.evaluate(NOTE_SCREENS)
    table = Table(page, play)

    table.shows("Tunjukkan kode QR Anda")
    table.hands("Tunjukkan kode")
    table.shows("Masukkan botol satu per satu")
    table.put(GLASS)
    table.kiosk.get_by_text("+60").wait_for()
    table.shows("Masukkan botol satu per satu")
    table.put(CARDBOARD)
    table.shows("Kardus tidak diterima")
    table.take()
    table.shows("Masukkan botol satu per satu")
    table.press("Selesai")
    table.shows("Terima kasih")
    page.locator(".readings").get_by_text("60", exact=True).wait_for()
    table.shows("Tunjukkan kode QR Anda")
    table.kiosk.get_by_text("Sudah disetor di mesin ini").wait_for()

    play.machine.person.show_code(code_png("https://example.org"))
    table.shows("Kode tidak diterima")
    play.machine.person.hide_code()

    table.hands("Putus jaringan")
    table.press("Setor tanpa akun")
    table.shows("Masukkan botol satu per satu")
    table.put(METAL)
    table.kiosk.get_by_text("Luring").first.wait_for()
    table.shows("Masukkan botol satu per satu")
    table.press("Selesai")
    table.hands("Sambung jaringan")
    table.shows("Tunjukkan kode QR Anda")

    table.hands("Cabut kamera")
    table.shows("Mesin tidak melayani")
    table.press("Teknisi")
    for digit in PIN:
        table.press(digit)
    table.press("Masuk")
    table.shows("Pemeliharaan")
    table.kiosk.get_by_text("Kamera tidak memberi gambar.").wait_for()
    table.hands("Pasang kamera")
    table.press("Ambil gambar")
    table.kiosk.get_by_text("Ambil gambar: selesai.").first.wait_for()
    table.press("Keluar")
    table.shows("Tunjukkan kode QR Anda")

    seen = set(watcher.evaluate("() => [...window.seen]"))
    wanted = {
        ScreenName.WELCOME, ScreenName.INSERT, ScreenName.RECOGNISING, ScreenName.ACCEPTED, ScreenName.REFUSED,
        ScreenName.THANKS, ScreenName.CODE_REFUSED, ScreenName.OUT_OF_SERVICE, ScreenName.MAINTENANCE,
    }  # fmt: skip
    assert sorted(name.value for name in wanted if name.value not in seen) == []
    assert (page.strangers, watcher.strangers) == ([], [])
    assert (page.errors, watcher.errors) == ([], [])


def test_a_pulled_plug_darkens_the_glass_and_loses_nothing(play, page, violations):
    table = Table(page, play)
    table.shows("Tunjukkan kode QR Anda")
    stored = play.machine.person.state()["counters"]["in"]
    table.hands("Tunjukkan kode")
    table.shows("Masukkan botol satu per satu")
    table.put(GLASS)
    table.kiosk.get_by_text("+60").wait_for()
    table.hands("Cabut steker")
    page.get_by_text("Tidak ada listrik. Layar gelap.").wait_for()
    assert violations(page) == []
    table.hands("Pasang steker")
    table.shows("Tunjukkan kode QR Anda")
    for _ in range(400):
        told = play.machine.told()
        if all(item in told.settled for item in told.decided):
            break
        page.wait_for_timeout(50)
    outcomes = [outcome.value for settled in told.settled.values() for outcome in settled]
    assert outcomes.count("stored") == play.machine.person.state()["counters"]["in"] >= stored
    assert play.stage.amiss() == []
    if play.machine.person.state()["present"]:
        table.take()  # it was given back


def test_hands_strings_and_a_door_are_felt_by_sensors_alone(play, page):
    table = Table(page, play)
    table.shows("Tunjukkan kode QR Anda")
    table.hands("Tarik pintu")
    page.get_by_text("Pintu terkunci.").wait_for()
    table.press("Setor tanpa akun")
    table.shows("Masukkan botol satu per satu")
    table.hands("Masukkan tangan")
    table.put(GLASS)
    page.wait_for_function("() => document.querySelector('.readings').textContent.includes('Benda di lubangada')")
    before = play.machine.person.state()["counters"]["in"]
    table.hands("Tarik tangan")
    until(lambda: play.machine.person.state()["counters"]["in"] == before + 1)
    table.shows("Masukkan botol satu per satu")
    # A belt that still turns takes a bottle in again, string or not.
    until(lambda: play.machine.person.body.state()["motor"] == 0)
    table.hands("Tarik dengan benang")
    table.shows("Benda ditarik keluar lagi")
    # A busy computer may have taken it in a second time before the counter was read: then the entry is what remains.
    until(lambda: {one["where"] for one in play.machine.person.state()["items"]} <= {"opening", "bin", "taken"})
    if play.machine.person.state()["present"]:
        table.hands("Ambil kembali")
    table.shows("Tunjukkan kode QR Anda")
    table.hands("Rusak kunci pintu")
    table.hands("Tarik pintu")
    table.shows("Mesin tidak melayani")
    table.kiosk.get_by_text("Pintu mesin terbuka.").wait_for()
    table.hands("Tutup pintu")
    table.hands("Perbaiki kunci")
    table.shows("Tunjukkan kode QR Anda")
    assert play.stage.amiss() == []


def test_what_the_hardware_refuses_is_said(play, page):
    table = Table(page, play)
    table.shows("Tunjukkan kode QR Anda")
    table.leaves_nothing()
    table.hands("Ambil kembali")
    page.get_by_text("Tidak ada benda yang dapat diambil.").wait_for()
    page.locator("input[type=file]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )
    page.get_by_text("Berkas ini bukan foto yang dapat dibaca.").wait_for()
