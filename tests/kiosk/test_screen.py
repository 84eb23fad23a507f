"""The Screen port's touch screen: shows what it is given and nothing else, and tells what was pressed."""

import json
import threading

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from application.machine.told_view import view_told
from application.ports.hardware import Button, ButtonPressed, PartUnreachable
from application.ports.screen import ScreenName, View
from domain.deposits.machine_totals import MachineTotals
from domain.deposits.recognition import Material
from entrypoints.machine.joined import EveryScreen, EverySource
from entrypoints.machine.kiosk.pictures import LONGER_SIDE
from entrypoints.machine.kiosk.serving import KioskServer
from entrypoints.machine.kiosk.site import kiosk_site
from simulators.screen import SimulatedScreen
from tests.kiosk.samples import Kiosk


@pytest.fixture
def kiosk():
    return Kiosk()


@pytest.fixture
def browser(kiosk):
    return TestClient(kiosk_site(kiosk.screen, kiosk.pictures), base_url="http://localhost")


def test_nothing_is_shown_before_the_machine_shows_something(kiosk):
    assert kiosk.screen.now()["view"] is None


@pytest.mark.parametrize("screen", ScreenName)
def test_a_view_is_told_whole(kiosk, screen):
    view = kiosk.view(screen)
    kiosk.screen.show(view)
    told = kiosk.screen.now()["view"]
    for item in told["items"]:
        assert item.pop("size") == [384, 512]
    assert told == view_told(view)
    json.dumps(told)


def test_whoever_looks_is_woken_by_each_change_and_by_nothing_else(kiosk):
    woken = []
    end = kiosk.screen.watch(lambda: woken.append(1))
    kiosk.screen.show(View(ScreenName.WELCOME))
    kiosk.screen.tell(off_line=True)
    kiosk.screen.tell(off_line=True)
    assert len(woken) == 2
    end()
    kiosk.screen.show(View(ScreenName.STARTING))
    assert len(woken) == 2


def test_the_page_lives_by_its_socket(kiosk, browser):
    pressed = []
    arrived = threading.Event()

    def hear(notice):
        pressed.append(notice)
        arrived.set()

    kiosk.screen.listen(hear)
    kiosk.screen.tell(totals=MachineTotals(stored=3, materials={Material.GLASS: 3}), model="first-light-2")
    with browser.websocket_connect("ws://localhost/live") as page:
        assert page.receive_json()["machine"]["totals"] == {"stored": 3, "visits": 0, "materials": {"glass": 3}}
        kiosk.screen.show(View(ScreenName.WELCOME))
        assert page.receive_json()["view"]["screen"] == "welcome"
        for odd in ("", "[]", "null", '{"press": "everything"}', '{"press": ["done"]}', "{" * 100):
            page.send_text(odd)
        page.send_json({"press": "done"})
        assert arrived.wait(20)
    assert pressed == [ButtonPressed(Button.DONE)]


def test_only_a_page_of_this_computer_is_heard(browser):
    with (
        pytest.raises(WebSocketDisconnect),
        browser.websocket_connect("ws://localhost/live", headers={"origin": "https://elsewhere.example"}),
    ):
        pass
    assert browser.get("/", headers={"host": "elsewhere.example"}).status_code == 400
    policy = browser.get("/").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "https:" not in policy


def test_a_picture_is_there_for_as_long_as_its_item_is_shown(kiosk, browser):
    item = kiosk.item(Material.METAL)
    assert browser.get(f"/pictures/{item.picture}").status_code == 404, "taken, and not decided on"
    kiosk.screen.show(View(ScreenName.ACCEPTED, items=(item,)))
    answer = browser.get(f"/pictures/{item.picture}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert max(kiosk.pictures.find(item.picture).width, kiosk.pictures.find(item.picture).height) <= LONGER_SIDE
    assert browser.get("/pictures/nothing").status_code == 404


def test_every_screen_shows_and_a_dark_one_is_told(kiosk):
    dark = SimulatedScreen(broken=True)
    with pytest.raises(PartUnreachable):
        EveryScreen((dark, kiosk.screen)).show(View(ScreenName.WELCOME))
    assert kiosk.screen.now()["view"]["screen"] == "welcome"


def test_notices_come_from_every_source(kiosk):
    other, heard = Kiosk(), []
    EverySource((kiosk.screen, other.screen)).listen(heard.append)
    kiosk.screen.press(Button.GUEST)
    other.screen.press(Button.DONE)
    assert heard == [ButtonPressed(Button.GUEST), ButtonPressed(Button.DONE)]


def test_a_port_that_cannot_be_had_stops_no_machine(kiosk, caplog):
    with kiosk.served() as address:
        taken = address.rstrip("/").rpartition(":")[2]
        second = KioskServer(kiosk_site(kiosk.screen, kiosk.pictures), f"127.0.0.1:{taken}")
        assert second.start() is None
        second.stop()
    assert "cannot be served" in caplog.text


@pytest.mark.parametrize("address", ["8200", "localhost:", ":", "localhost:http"])
def test_an_address_that_is_none_is_refused(kiosk, address):
    with pytest.raises(ValueError, match="HOST:PORT"):
        KioskServer(kiosk_site(kiosk.screen, kiosk.pictures), address)
