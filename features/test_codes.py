"""What a QR lets in, and what it does not."""

import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_bdd import given, parsers, scenarios, then, when

from adapters.signing.ed25519 import Ed25519Signer
from application.ports.repositories import Organisation
from application.ports.screen import ScreenName
from application.ports.signing import Signer
from domain.deposits.scanning import CodeVerdict
from domain.deposits.session import LIFETIME, organisation_tag
from domain.deposits.token import Claims, to_sign, to_text
from features.conftest import WHO, named, things_of

scenarios("codes.feature")


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


@given("two machines are cut off")
def cut_two(world):
    for number in (0, 1):
        world.corner(number).wire.cut = True


@when(parsers.re(f"{WHO} deposits a glass bottle at each of them with one QR"))
def one_code_twice(world, who):
    person = named(world, who)
    code = world.get_code(person)["token"]
    for corner in world.corners:
        world.deposit(person, [world.make("a glass bottle")], corner, code=code)


@then("an alarm tells of one code on two machines")
def two_machines_alarm(world):
    assert "session_on_two_machines" in world.alarms()
