"""The steps of the care of machines."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_bdd import given, parsers, scenarios, then, when

from adapters.signing.ed25519 import Ed25519Signer
from domain.fleet.claim_code import code_hash
from domain.fleet.profile import to_sign
from simulators.world.machine import WALL_AT_ZERO

scenarios("care.feature")

KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2)]


@given("machines that tell how they are")
def reporting(world):
    world.reporting = True
    world.corner()


@when(parsers.parse("{minutes:d} minutes pass"))
def minutes_pass(world, minutes):
    world.watched(minutes)


@when("the network is back")
def network_back(world):
    world.corner().wire.cut = False
    world.watched(1)


@when(parsers.re(r"the bin's level goes (?P<levels>.*) per cent, two minutes each"))
def levels(world, levels):
    for level in levels.replace(" and ", ", ").split(", "):
        world.corner().machine.measures["bin_level"] = int(level) * 10
        world.watched(2)


@when("the bin is emptied")
def emptied(world):
    world.corner().machine.measures["bin_level"] = 0
    world.watched(1)


def raised(world):
    return [alert["rule"] for alert in world.ask("/api/v1/alerts", world.operator)["alerts"]]


@then("no alert is raised")
def no_alert(world):
    assert raised(world) == []


@then(parsers.parse("the alert {rule} is raised, and a ticket is open"))
def one_ticket(world, rule):
    assert rule in raised(world)
    assert [(ticket["rule"], ticket["state"]) for ticket in world.tickets()] == [(rule, "open")]


@then("it was raised once")
def raised_once(world):
    assert [ticket["times"] for ticket in world.tickets()] == [1]


@then("no alert is raised, and the ticket is resolved by itself")
def all_over(world):
    no_alert(world)
    resolved_by_itself(world)


@then("the ticket is resolved by itself")
def resolved_by_itself(world):
    assert [(ticket["state"], ticket["resolved_by"]) for ticket in world.tickets()] == [("resolved", None)]


@then(parsers.re(r"the ticket is (?P<state>open|taken|resolved)$"))
def ticket_is(world, state):
    assert [ticket["state"] for ticket in world.tickets()] == [state]


@when("an operator takes the ticket")
def take(world):
    world.order(f"/api/v1/tickets/{world.tickets()[0]['ticket_id']}/take", world.operator)


@when("the operator resolves the ticket")
def resolve(world):
    world.order(f"/api/v1/tickets/{world.tickets()[0]['ticket_id']}/resolve", world.operator, {"note": "bag changed"})


@then(parsers.parse("{minutes:d} minutes are charged to the network"))
def charged(world, minutes):
    path = f"/api/v1/availability?from={world.timestamp(-86_400)}&until={world.timestamp(60)}"
    down = world.ask(path, world.operator)["fleet"]["down"]
    assert list(down) == ["network"]
    assert down["network"] == pytest.approx(minutes * 60, abs=60)


@when("an operator tells it to open its door")
def open_door(world):
    machine = world.corner().machine
    world.order(f"/api/v1/machines/{machine.id}/commands", world.operator, {"kind": "open_door"})


@then("the machine is given no command, and the operator sees that it expired")
def expired(world):
    corner = world.corner()
    headers = {"Authorization": f"Bearer {corner.api_key}"}
    assert world.order(f"/api/v1/machines/{corner.machine.id}/deliveries", headers) == {"commands": []}
    (seen,) = world.ask(f"/api/v1/machines/{corner.machine.id}/commands", world.operator)["commands"]
    assert (seen["kind"], seen["state"]) == ("open_door", "expired")


@given("an operator has issued a claim code for a machine at Gambir", target_fixture="code")
def issued(world):
    return world.order("/api/v1/claim-codes", world.operator, {"name": "Hall", "site": "Gambir"})["code"]


def show(world, code, key):
    signer, moment = Ed25519Signer(key), WALL_AT_ZERO + round(world.env.now)
    signature = signer.sign(to_sign("provision", code_hash(code), signer.public_key, moment))
    told = {"public_key": signer.public_key, "signature": signature}
    body = {"code": code, "moment": moment, **{name: base64.b64encode(raw).decode() for name, raw in told.items()}}
    return world.platform.post("/api/v1/provisions", json=body)


@when("a new machine shows the code with the key that it made", target_fixture="shown")
def first_shows(world, code):
    return show(world, code, KEYS[0])


@when("another machine shows the same code", target_fixture="shown")
def other_shows(world, code):
    world.run(1)
    return show(world, code, KEYS[1])


@then("it is one of ours, and stands at Gambir")
def ours(world, shown):
    machine = shown.json()["machine_id"]
    headers = {"Authorization": f"Bearer {shown.json()['api_key']}"}
    assert world.ask(f"/api/v1/machines/{machine}/cursor", headers) == {"cursor": None}
    assert world.ask(f"/api/v1/machines/{machine}", world.operator)["site"] == "Gambir"


@then("it is turned away")
def turned_away(shown):
    assert (shown.status_code, shown.json()["type"].rsplit("/", 1)[1]) == (409, "claim-code-over")
