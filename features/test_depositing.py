"""What becomes of what is put in."""

from pytest_bdd import given, parsers, scenarios, then, when

from application.ports.hardware import Button
from application.ports.screen import ScreenName
from domain.deposits.acceptance import Reason
from domain.deposits.bodies import Outcome
from entrypoints.prove import proof_of
from features.conftest import WHO, named

scenarios("depositing.feature")


@given("a guest stands before the machine")
def guest(world):
    machine = world.corner().machine
    machine.press(Button.GUEST)
    world.until(lambda: machine.view.screen is ScreenName.INSERT)


@when("she presses done")
def done(world):
    machine = world.corner().machine
    machine.press(Button.DONE)
    world.until(lambda: machine.view.screen is ScreenName.THANKS)


@then(parsers.parse("the machine thanks her for {items:d} items and {points:d} points"))
def thanks(world, items, points):
    view = world.corner().machine.view
    assert (view.screen, view.paid, view.points) == (ScreenName.THANKS, items, points)


REASONS = {
    "it is not a container": Reason.NOT_A_CONTAINER,
    "the machine is not certain": Reason.UNCERTAIN,
    "there are two items": Reason.TWO_ITEMS,
}


@then(parsers.parse("the machine gives it back because {reason}"))
def given_back(world, reason):
    corner = world.corner()
    world.until(lambda: corner.machine.view.items and corner.machine.view.items[0].outcome is Outcome.RETURNED)
    view = corner.machine.view
    assert (view.screen, view.items[0].accepted, view.items[0].reason) == (ScreenName.REFUSED, False, REASONS[reason])
    assert not corner.machine.chute.bin
    world.take(corner)


@then("nobody is paid for it")
def nobody_paid(world):
    world.settle()
    proof = proof_of(world.data)
    assert (proof.findings, proof.items, proof.points) == ((), 1, 0)


@given(parsers.re(f"{WHO} follows her session"))
def follow(world, who):
    person = named(world, who)
    world.get_code(person)
    world.relay()


@then("she is told of the can, its 80 points and her balance of 80")
def told(world):
    world.settle()
    with world.following(world.someone) as phone:
        snapshot = phone.receive_json()
    (item,) = snapshot["data"]["items"]
    assert (item["label"], item["decision"], item["points"], item["balance"]) == ("metal", "accept", 80, 80)
