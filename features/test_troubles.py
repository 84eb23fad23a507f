"""What hands do at the opening, and what the machine does about it."""

from pytest_bdd import given, scenarios, then, when

from application.ports.screen import Note, ScreenName
from domain.deposits.bodies import ItemSettled, Outcome
from domain.deposits.intake import events
from domain.deposits.intake.state import ItemState, Part, VisitState
from features.conftest import newest
from simulators.chute import Mishap

scenarios("troubles.feature")


def life(world):
    return world.corner().machine.life


def put(world, what):
    thing = world.make(what)
    world.corner().machine.chute.insert(thing)
    return thing


def settled_as(world, outcome):
    world.until(lambda: life(world).state.item.state in {ItemState.OFFERED, ItemState.NONE})
    _, settled = newest(world.corner(), ItemSettled)
    assert settled.outcome is outcome
    world.settle()
    assert world.balance(world.someone) == 0


@given("Sari's hand stays in the opening")
def hand_in(world):
    life(world).post(events.HandSeen())
    world.run(1)


@when("she lets go of a glass bottle")
def lets_go(world):
    put(world, "a glass bottle")
    world.run(5)


@then("nothing moves, and nothing is paid")
def nothing_moves(world):
    chute = world.corner().machine.chute
    assert (len(chute.row), chute.passed_in, chute.turning) == (1, 0, False)
    assert world.balance(world.someone) == 0


@when("her hand is out")
def hand_out(world):
    life(world).post(events.HandGone())
    world.until(lambda: life(world).state.item.state in {ItemState.NONE, ItemState.OFFERED} and settlements(world))


def settlements(world):
    return world.corner().machine.view.items and world.corner().machine.view.items[0].outcome is not None


@when("an arm reaches in while her glass bottle moves")
def arm(world):
    put(world, "a glass bottle")
    world.until(lambda: life(world).state.item.state is ItemState.STORING)
    world.corner().machine.chute.mishap = Mishap.STALLS  # a halted motor moves nothing
    life(world).post(events.HandSeen())
    world.until(lambda: life(world).state.item.state is ItemState.BLOCKED)
    world.run(2)


@then("the machine stands still and asks to take the hand out")
def stands_still(world):
    assert not world.corner().machine.chute.turning
    assert world.corner().machine.view.screen is ScreenName.HAND_IN_CHUTE


@then("the machine gives the bottle back, and nothing is paid")
def given_back(world):
    settled_as(world, Outcome.RETURNED)


@when("she exchanges her glass bottle for a newspaper right after it was recognised")
def exchanges(world):
    machine, paper = world.corner().machine, world.make("paper")

    def exchange(event, state, wanted):
        if isinstance(event, events.Recognised):
            machine.chute.row[:] = [paper]

    machine.observer = exchange
    put(world, "a glass bottle")
    world.until(lambda: life(world).state.item.changed)


@then("the machine gives it back as another thing, and nothing is paid")
def another_thing(world):
    assert Note.ITEM_CHANGED in world.corner().machine.view.notes
    settled_as(world, Outcome.RETURNED)


@when("her glass bottle gets stuck once on its way in")
def stuck(world):
    world.corner().machine.chute.mishap = Mishap.STALLS
    put(world, "a glass bottle")
    world.until(lambda: life(world).state.item.state is ItemState.CLEARING)
    world.until(lambda: life(world).state.item.state is ItemState.NONE)


@when("the camera's cable comes off")
def cable_off(world):
    world.corner().machine.break_camera(broken=True)


@then("the machine takes nothing more, and names its camera")
def names_the_camera(world):
    world.until(lambda: world.corner().machine.view.screen is ScreenName.OUT_OF_SERVICE)
    assert world.corner().machine.view.parts == (Part.CAMERA.value,)


@when("the cable is put back")
def cable_back(world):
    world.corner().machine.break_camera(broken=False)


@then("the machine serves people again")
def serves_again(world):
    world.until(lambda: world.corner().machine.view.screen is ScreenName.WELCOME)


@given("Sari has been paid for a glass bottle")
def paid(world):
    put(world, "a glass bottle")
    world.until(lambda: world.corner().machine.view.paid == 1)


@when("it is pulled out again")
def pulled(world):
    life(world).post(events.PulledBack())


@then("her visit is over, and the screen says why")
def over(world):
    world.until(lambda: world.corner().machine.view.screen is ScreenName.PULLED_BACK)
    assert life(world).state.visit.state is VisitState.IDLE


@then("an alarm tells of an item that was pulled back")
def alarmed(world):
    world.settle()
    assert "pulled_back" in world.alarms()
