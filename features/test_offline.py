"""Machines without a network, and clocks that are off."""

import hashlib

from pytest_bdd import given, parsers, scenarios, then, when

from domain.deposits.bodies import ItemDecided, body_of
from domain.deposits.journal import read
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


@when("the machine loses its power and gets it back")
def lose_power(world):
    machine = world.corner().machine
    machine.cut_power()
    world.run(5)
    machine.plug_in()
    world.run(5)


@then("Sari sees no picture of what she brought")
def no_pictures(world):
    assert pictures_of(world) == []


@then(parsers.parse("once the network is mended she sees each of the {count:d}"))
def pictures_came(world, count):
    mend(world)
    world.until(lambda: not world.corner().machine.send_pictures.waiting)
    seen = pictures_of(world)
    assert [hashlib.sha256(picture).hexdigest() for picture in seen] == decided(world)
    assert len(set(seen)) == count


def decided(world):
    bodies = [body_of(read(raw)) for raw in world.corner().machine.disk.entries]
    return [body.picture.sha256 for body in bodies if isinstance(body, ItemDecided)]


def pictures_of(world):
    """What a person sees of what they brought, the first first."""
    headers = world.someone.headers
    seen = []
    for told in reversed(world.ask("/api/v1/deposits", headers)["deposits"]):
        place = f"/api/v1/machines/{told['machine_id']}/items/{told['item_id']}/picture"
        answer = world.platform.get(place, headers=headers)
        if answer.status_code == 200:
            seen.append(world.platform.get(answer.json()["url"]).content)
    return seen
