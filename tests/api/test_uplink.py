"""The machine's own uplink against the platform's own API: they mean the same by the same words."""

import uuid

import pytest

from adapters.uplink.http import HttpUplink
from application.ports.uplink import Gap, Refused
from domain.deposits.journal import Cursor
from domain.deposits.token import from_text


@pytest.fixture
def uplink(platform, machine):
    uplink = HttpUplink(platform.url, machine.id, machine.api_key)
    yield uplink
    uplink.close()


def test_entries_arrive_in_order_and_a_gap_is_understood(platform, person, machine, uplink):
    machine.visit(person.session()["token"], items=3)
    raws = [entry.raw for entry in machine.entries]
    now = platform.clock.now()
    assert uplink.held() is None
    assert uplink.send(machine.epoch, now, raws[1:], 0) == Gap(None)
    first = uplink.send(machine.epoch, now, raws[:4], 5)
    assert first == Cursor(machine.epoch, 3, machine.entries[3].hash)
    assert uplink.send(machine.epoch, now, raws[6:], 0) == Gap(first)
    assert uplink.send(machine.epoch, now, raws, 0) == uplink.held()
    assert person.get("/api/v1/balance").json()["points"] == 30
    (seen,) = [
        each for each in platform.first_operator.get("/api/v1/machines").json()["machines"]
        if each["machine_id"] == machine.id
    ]  # fmt: skip
    assert seen["contacted_at"] is not None
    assert seen["waiting"] == 0


def test_the_largest_batch_is_taken(platform, machine, uplink):
    machine.boot()
    for _ in range(99):
        machine.open("X" * 400)
    entries = [entry.raw for entry in machine.entries]
    assert uplink.send(machine.epoch, platform.clock.now(), entries, 0).seq == 99


def test_a_configuration_is_understood(platform, person, uplink):
    told = uplink.configuration()
    token = from_text(person.session()["token"])
    assert told.trust.organisation == token.claims.organisation
    assert token.claims.key_id in told.trust.keys
    assert told.prices is not None
    assert abs(told.time - platform.clock.now().wall) < 5_000_000


def test_claims_are_understood(person, uplink):
    session = person.session()
    assert uplink.claim(session["token"]).confirmed
    assert uplink.claim("nonsense").why == "malformed"


def test_a_wrong_key_is_a_refusal_and_not_an_outage(platform, machine):
    for machine_id, key in ((machine.id, "rvm_" + "A" * 43), (str(uuid.uuid4()), machine.api_key)):
        stranger = HttpUplink(platform.url, machine_id, key)
        with pytest.raises(Refused):
            stranger.held()
        stranger.close()
