"""The plug is pulled at the worst moments."""

from pytest_bdd import parsers, scenarios, then, when

from application.ports.screen import ScreenName
from simulators.chute import Place

scenarios("power.feature")


MOMENTS = {
    "while it is being recognised": "before recognise",
    "once it was decided to keep it": "after journal item_decided",
    "right after it fell into the bin": "after move in",
    "after it was settled": "after journal item_settled",
}


@when(parsers.re(rf"the power fails (?P<moment>{'|'.join(MOMENTS)})"))
def power_fails(world, moment):
    corner = world.corner()
    corner.fuse.at = MOMENTS[moment]
    world.bottle = world.make("a glass bottle")
    world.insert(corner, world.bottle)
    world.until(lambda: corner.machine.life is None)


@when("the power comes back")
def power_back(world):
    machine = world.corner().machine
    machine.plug_in()
    world.until(lambda: machine.view is not None and machine.view.screen in {ScreenName.WELCOME, ScreenName.TAKE_BACK})


@then(parsers.re(r"the bottle is (?P<place>kept|given back) and Sari's balance is (?P<points>\d+) points"))
def bottle(world, place, points):
    assert world.bottle.place is (Place.BIN if place == "kept" else Place.INTAKE)
    if place == "given back":
        assert world.corner().machine.chute.take() is world.bottle
    assert world.balance(world.person("Sari")) == int(points)


@when("she takes her bottle, gets another QR and deposits it")
def deposits_again(world):
    corner = world.corner()
    assert corner.machine.chute.take() is world.bottle
    world.until(lambda: corner.machine.view.screen is ScreenName.WELCOME)
    world.deposit(world.someone, [world.bottle], corner)
