"""What the machine's screen says, and what a technician can do there."""

import json

import pytest
from pytest_bdd import parsers, scenarios, then, when

from application.ports.hardware import Button, ButtonPressed
from application.ports.screen import Note, ScreenName
from application.ports.service_panel import PinVerdict
from domain.deposits.acceptance import Reason
from domain.deposits.bodies import Opener, body_of
from domain.deposits.journal import read
from domain.deposits.machine_totals import MachineTotals, counted
from domain.deposits.recognition import Material
from domain.fleet.pin_lock import FIRST_WAIT, SECOND
from entrypoints.machine.kiosk.site import PAGE
from tests.kiosk.test_maintain import PIN, WRONG, Workshop

scenarios("kiosk.feature")

WORDS = json.loads((PAGE / "words.json").read_text(encoding="utf-8"))


def said(*path):
    """The words at this place, in each language."""
    for language in ("id", "en"):
        words = WORDS[language]
        for key in path:
            words = words[key]
        yield words


@when("a guest deposits a glass bottle")
def guest(world):
    corner = world.corner()
    corner.machine.press(Button.GUEST)
    world.until(lambda: corner.machine.view.screen is ScreenName.INSERT)
    world.insert(corner, world.make("a glass bottle"))
    corner.machine.press(Button.DONE)
    world.until(lambda: corner.machine.view.screen is ScreenName.THANKS)


@then(parsers.parse("the screen thanks for {items:d} item and speaks of no points"))
def thanked(world, items):
    view = world.corner().machine.view
    assert (view.by, view.paid, view.points) == (Opener.GUEST, items, None)
    assert all("don" in words for words in said("guest", "thanks"))


@then("the screen says in both languages why it comes back, and to take it")
def refused(world):
    item = world.corner().machine.view.items[0]
    assert (item.accepted, item.label, item.reason) == (False, Material.PAPER, Reason.NOT_A_CONTAINER)
    assert [("kembali" in words, "take it back" in words) for words in said("reasons", item.reason.value)] == [
        (True, False), (False, True),
    ]  # fmt: skip


@then("the screen says in both languages that points come later")
def off_line(world):
    assert Note.OFFLINE in world.corner().machine.view.notes
    assert ["Luring" in words or "Offline" in words for words in said("notes", Note.OFFLINE.value)] == [True, True]


@then(parsers.parse("the screen tells of {items:d} bottles and cans that this machine took in"))
def totals(world, items):
    totals = MachineTotals()
    for entry in map(read, world.corner().machine.disk.entries):
        totals = counted(totals, entry.id, body_of(entry))
    assert (totals.stored, totals.materials) == (items, {Material.GLASS: 1, Material.METAL: 1})


@pytest.fixture
def shop():
    return Workshop()


@when("a technician enters the right PIN")
def right_pin(shop):
    assert shop.enter(PIN).pin is PinVerdict.RIGHT


@then("the maintenance menu is open and nobody is served")
def menu(shop):
    assert shop.screen_name is ScreenName.MAINTENANCE
    shop.life.notice(ButtonPressed(Button.GUEST))
    shop.run(5)
    assert shop.screen_name is ScreenName.MAINTENANCE


@when("the technician leaves")
def leaves(shop):
    shop.life.notice(ButtonPressed(Button.DONE))
    shop.run(1)


@then("the machine welcomes people again")
def welcomes(shop):
    assert shop.screen_name is ScreenName.WELCOME


@when(parsers.parse("somebody enters a wrong PIN {times:d} times"))
def wrong_pins(shop, times):
    for _ in range(times):
        assert shop.enter(WRONG).pin is PinVerdict.WRONG


@then("even the right PIN is not taken for half a minute")
def locked(shop):
    assert shop.enter(PIN).pin is PinVerdict.LOCKED
    shop.run(FIRST_WAIT // SECOND)
    assert shop.enter(PIN).pin is PinVerdict.RIGHT
