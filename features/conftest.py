"""The steps: each sentence of the scenarios, once."""

import json
import re
import sqlite3
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_bdd import given, parsers, then, when

from adapters.signing.ed25519 import Ed25519Signer
from application.ports.hardware import Button
from application.ports.repositories import Organisation
from application.ports.screen import ScreenName
from application.ports.signing import Signer
from domain.deposits.acceptance import Reason
from domain.deposits.bodies import ItemDecided, Outcome, body_of
from domain.deposits.journal import encode, read
from domain.deposits.recognition import Material
from domain.deposits.scanning import CodeVerdict
from domain.deposits.session import LIFETIME, SECONDS, organisation_tag
from domain.deposits.token import Claims, to_sign, to_text
from entrypoints.prove import proof_of
from features.world import World
from simulators.chute import Place


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


# ------------------------------------------------------------------ prices, people, codes


@given(parsers.parse("glass is worth {glass:d} points, a can {metal:d} and plastic {plastic:d}"))
def prices(world, glass, metal, plastic):
    world.price(glass=glass, metal=metal, plastic=plastic)


@when(parsers.parse("glass is worth only {points:d} points from now on"))
def new_price(world, points):
    world.price(glass=points)
    world.run(60)


@given(parsers.re(f"{WHO} holds her QR before the machine"))
def let_in(world, who):
    person = named(world, who)
    if person.session is None:
        world.get_code(person)
    corner = world.corner()
    world.hold(person.code, corner)
    assert corner.machine.view.screen is ScreenName.INSERT


@given("a guest stands before the machine")
def guest(world):
    machine = world.corner().machine
    machine.press(Button.GUEST)
    world.until(lambda: machine.view.screen is ScreenName.INSERT)


@given(parsers.re(f"{WHO} has a QR that is (?P<minutes>\\d+) minutes old"))
def old_code(world, who, minutes):
    world.corner()
    world.get_code(named(world, who))
    world.run(int(minutes) * 60)


def claims_of(world, key_id, tag):
    now = world.timestamp_seconds()
    return Claims(
        key_id=key_id, organisation=tag, person=str(uuid.UUID(int=1)), session=str(uuid.UUID(int=2)),
        expires=now + LIFETIME, lives=LIFETIME,
    )  # fmt: skip


@given(parsers.re(f"{WHO} has a QR of another organisation"))
def foreign_code(world, who):
    world.corner()
    signer = world.container.resolve(Signer)
    claims = claims_of(world, signer.key_id, organisation_tag(str(uuid.UUID(int=9))))
    named(world, who).session = {"token": to_text(claims, signer.sign(to_sign(claims)))}


@given(parsers.re(f"{WHO} has a QR signed with a key of their own"))
def forged_code(world, who):
    world.corner()
    signer = Ed25519Signer(Ed25519PrivateKey.generate())
    claims = claims_of(world, signer.key_id, organisation_tag(world.container.resolve(Organisation).id))
    named(world, who).session = {"token": to_text(claims, signer.sign(to_sign(claims)))}


@given(parsers.re(f"{WHO} has a QR and asks for another"))
def two_codes(world, who):
    world.corner()
    person = named(world, who)
    person.first = world.get_code(person)["token"]
    world.get_code(person)


@given(parsers.re(f"{WHO} has finished a visit"))
def finished(world, who):
    world.deposit(named(world, who), things_of(world, "a can"), world.corner())


@when(parsers.re(f"{WHO} holds? (it|the same QR) before the machine"))
def hold_it(world, who):
    world.hold(named(world, who).code, world.corner())


@when(parsers.re(f"{WHO} holds the first one before the machine"))
def hold_the_first(world, who):
    world.hold(named(world, who).first, world.corner())


REFUSALS = {
    "expired": CodeVerdict.EXPIRED,
    "another organisation's": CodeVerdict.OTHER_ORGANISATION,
    "signed by an unknown key": CodeVerdict.UNKNOWN_KEY,
    "already used": CodeVerdict.ALREADY_USED,
    "withdrawn": CodeVerdict.WITHDRAWN,
}


@then(parsers.parse("the machine refuses it as {why}"))
def code_refused(world, why):
    view = world.corner().machine.view
    assert (view.screen, view.code) == (ScreenName.CODE_REFUSED, REFUSALS[why])


# ------------------------------------------------------------------ depositing


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


@when("she presses done")
def done(world):
    machine = world.corner().machine
    machine.press(Button.DONE)
    world.until(lambda: machine.view.screen is ScreenName.THANKS)


@then(parsers.re(r"the machine keeps it and shows (?P<points>\d+|no) points"))
def kept(world, points):
    _, decided = newest(world.corner())
    assert decided.decision.accepted
    item = world.corner().machine.view.items[0]
    assert item.outcome is Outcome.STORED
    assert (item.points or "no") == (points if points == "no" else int(points))


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


@then(parsers.re(r"(?P<who>Sari)'s balance is (?P<points>[\d,]+) points"))
@then(parsers.re(r"in the end (?P<who>her) balance is (?P<points>[\d,]+) points"))
def balance(world, who, points):
    assert world.balance(named(world, who)) == int(points.replace(",", ""))


@then("nobody is paid for it")
def nobody_paid(world):
    world.settle()
    proof = proof_of(world.data)
    assert (proof.findings, proof.items, proof.points) == ((), 1, 0)


# ------------------------------------------------------------------ live


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


# ------------------------------------------------------------------ network, clock, power


@given("the machine is cut off")
@when("the machine is cut off")
def cut(world):
    world.corner().wire.cut = True


@given("two machines are cut off")
def cut_two(world):
    for number in (0, 1):
        world.corner(number).wire.cut = True


@when("the network is mended")
def mend(world):
    for corner in world.corners:
        corner.wire.cut = False
    world.settle()


@then(parsers.parse("once the network is mended her balance is {points:d} points"))
def mended_balance(world, points):
    mend(world)
    assert world.balance(world.someone) == points


@when(parsers.re(f"{WHO} deposits a glass bottle at each of them with one QR"))
def one_code_twice(world, who):
    person = named(world, who)
    code = world.get_code(person)["token"]
    for corner in world.corners:
        world.deposit(person, [world.make("a glass bottle")], corner, code=code)


@then("an alarm tells of one code on two machines")
def two_machines_alarm(world):
    assert "session_on_two_machines" in world.alarms()


@given("the platform's next answers to the machine get lost")
def lose_answers(world):
    world.corner().wire.lost_answers = 3


@given("the machine's clock is three days fast")
def clock_fast(world):
    world.corner(clock_skew=3 * 86_400 * SECONDS)


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


# ------------------------------------------------------------------ trust


@when("somebody sends the bottle's entry again as two cans' worth")
def forge(world):
    corner = world.corner()
    item, _ = newest(corner)
    (raw,) = [raw for raw in corner.machine.disk.entries if read(raw).id == item]
    parts = json.loads(raw)
    parts["body"]["recognition"]["label"] = Material.METAL.value
    parts["body"]["promise"]["points"] = 160
    now = {"mono": 1, "wall": 1, "trusted": False}
    body = {"boot": parts["epoch"], "sending": now, "waiting": 0, "entries": [encode(parts).decode("ascii")]}
    headers = {"Authorization": f"Bearer {corner.api_key}"}
    answer = world.platform.post(f"/api/v1/machines/{corner.machine.id}/entries", headers=headers, json=body)
    assert answer.status_code == 200, "order is not judgement: nothing is blocked"


@then("an alarm tells of a forged entry")
def forged(world):
    assert "reused_id" in world.alarms()


@when("the operator has the books proven", target_fixture="proof")
def books_proven(world):
    return proof_of(world.data)


@then(parsers.parse("nothing is wrong, and {points:d} points are on people's accounts"))
def balanced(proof, points):
    assert (proof.findings, proof.points) == ((), points)


@when(parsers.re(r"somebody gives Sari (?P<points>[\d,]+) points by hand"))
def by_hand(world, points):
    with sqlite3.connect(world.data / "platform.db") as store:
        store.execute("UPDATE balances SET balance = balance + ?", (int(points.replace(",", "")),))


@then("the proof names Sari's balance")
def named_balance(world):
    (finding,) = proof_of(world.data).findings
    person = world.ask("/api/v1/statement", world.person("Sari").headers)
    assert "balance" in finding.rule
    assert person["postings"], "the postings are as they were"
