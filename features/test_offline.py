"""Machines without a network, and clocks that are off."""

from pytest_bdd import given, parsers, scenarios, then, when

from domain.deposits.session import SECONDS
from features.conftest import mend

scenarios("offline.feature")


@when(parsers.parse("glass is worth only {points:d} points from now on"))
def new_price(world, points):
    world.price(glass=points)
    world.run(60)


@then(parsers.parse("once the network is mended her balance is {points:d} points"))
def mended_balance(world, points):
    mend(world)
    assert world.balance(world.someone) == points


@given("the platform's next answers to the machine get lost")
def lose_answers(world):
    world.corner().wire.lost_answers = 3


@given("the machine's clock is three days fast")
def clock_fast(world):
    world.corner(clock_skew=3 * 86_400 * SECONDS)
