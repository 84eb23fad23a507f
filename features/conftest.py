"""The steps that several features share, and the world they happen in."""

import re

import pytest
from pytest_bdd import given, parsers, then, when

from application.ports.screen import ScreenName
from domain.deposits.bodies import ItemDecided, Outcome, body_of
from domain.deposits.journal import read
from features.world import World


def pytest_bdd_apply_tag(tag, function):
    """Tags name rows of the project's list of features (P1, M11): words for readers, not marks for pytest."""
    return True if re.fullmatch(r"[A-Z]\d+", tag) else None


WHO = r"(?P<who>Sari|Budi|Mallory|[Ss]he|[Tt]hey)"
THINGS = r"(?P<things>an? [a-z ,]+?|paper|cardboard|two bottles at once)"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def named(world, who):
    return world.someone if who.lower() in {"she", "they", "her", "their"} else world.person(who)


def things_of(world, text):
    return [world.make(name) for name in re.split(r", | and ", text)]


def newest(corner, kind=ItemDecided):
    bodies = [(entry.id, body_of(entry)) for entry in map(read, corner.machine.disk.entries)]
    return next((item, body) for item, body in reversed(bodies) if isinstance(body, kind))


@given(parsers.parse("glass is worth {glass:d} points, a can {metal:d} and plastic {plastic:d}"))
def prices(world, glass, metal, plastic):
    world.price(glass=glass, metal=metal, plastic=plastic)


@given(parsers.re(f"{WHO} holds her QR before the machine"))
def let_in(world, who):
    person = named(world, who)
    if person.session is None:
        world.get_code(person)
    corner = world.corner()
    world.hold(person.code, corner)
    assert corner.machine.view.screen is ScreenName.INSERT


@when(parsers.re(f"({WHO}|they) inserts? {THINGS}(?P<takes> and takes it back)?$"))
def insert(world, things, takes):
    corner = world.corner()
    if things == "two bottles at once":
        world.insert(corner, world.make("a glass bottle"), world.make("a glass bottle"))
        return
    for thing in things_of(world, things):
        world.insert(corner, thing)
    if takes:
        world.take(corner)


@given(parsers.re(f"{WHO} deposits {THINGS}$"))
@when(parsers.re(f"{WHO} deposits {THINGS}$"))
def deposit(world, who, things):
    world.deposit(named(world, who), things_of(world, things), world.corner())


@given(parsers.re(f"{WHO} has deposited {THINGS}( and (?P<other>Budi) (?P<more>a can))?$"))
def has_deposited(world, who, things, other, more):
    first = named(world, who)
    world.deposit(first, things_of(world, things), world.corner())
    if other:
        world.deposit(named(world, other), things_of(world, more), world.corner())
    world.someone = first
    world.settle()


@then(parsers.re(r"the machine keeps it and shows (?P<points>\d+|no) points"))
def kept(world, points):
    _, decided = newest(world.corner())
    assert decided.decision.accepted
    item = world.corner().machine.view.items[0]
    assert item.outcome is Outcome.STORED
    assert (item.points or "no") == (points if points == "no" else int(points))


@then(parsers.re(r"(?P<who>Sari)'s balance is (?P<points>[\d,]+) points"))
@then(parsers.re(r"in the end (?P<who>her) balance is (?P<points>[\d,]+) points"))
def balance(world, who, points):
    assert world.balance(named(world, who)) == int(points.replace(",", ""))


@given("the machine is cut off")
@when("the machine is cut off")
def cut(world):
    world.corner().wire.cut = True


@when("the network is mended")
def mend(world):
    for corner in world.corners:
        corner.wire.cut = False
    world.settle()
