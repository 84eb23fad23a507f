"""The care of machines over HTTP: telemetry, commands, claim codes, tickets, availability."""

import base64
import json
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from application.platform.watch_fleet import WatchFleet
from domain.fleet.claim_code import code_hash
from domain.fleet.profile import to_sign
from tests.api.test_people import problem

BOOT = str(uuid.UUID(int=5))
ALWAYS = {"from": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}
SECOND = 1_000_000
BEFORE = 10**12
"""The machine has been up for days; the clock of the tests has not."""


def report(machine, *samples, ago=0, start=0, **more):
    now = machine.platform.clock.now()
    told = [
        {"boot": BOOT, "seq": start + place, "mono": BEFORE + now.mono - ago, "wall": 0, "trusted": False, **sample}
        for place, sample in enumerate(samples)
    ]
    body = {
        "boot": BOOT,
        "sending": {"mono": BEFORE + now.mono, "wall": now.wall, "trusted": True},
        "samples": told,
        **more,
    }
    return machine.http.post(f"/api/v1/machines/{machine.id}/telemetry", json=body)


def test_telemetry_is_taken_once_counted_and_read(platform, machine, operator):
    stored = platform.metric("rvm_telemetry_samples_total", became="stored")
    sample = {"measures": {"bin_level": 420}, "serving": True, "faults": ["motor"], "words": {"model": "m"}}
    assert report(machine, sample).json() == {"stored": 1, "replayed": 0, "commands": 0}
    assert report(machine, sample, waiting=3).json() == {"stored": 0, "replayed": 1, "commands": 0}
    assert report(machine).json() == {"stored": 0, "replayed": 0, "commands": 0}
    assert platform.metric("rvm_telemetry_samples_total", became="stored") == stored + 1
    (seen,) = operator.get(f"/api/v1/machines/{machine.id}/telemetry", params=ALWAYS).json()["samples"]
    assert {**seen, "at": ""} == {**sample, "at": ""}
    (hour,) = operator.get(f"/api/v1/machines/{machine.id}/telemetry/hours", params=ALWAYS).json()["hours"]
    assert (hour["measure"], hour["count"], hour["mean"]) == ("bin_level", 1, 420)
    one = operator.get(f"/api/v1/machines/{machine.id}").json()
    assert (one["newest"], one["waiting"], one["provisioned"]) == (seen, 0, False)


@pytest.mark.parametrize(
    "sample",
    [
        {"measures": {"Bin": 1}}, {"measures": {"bin": 1.5}}, {"measures": {"bin": True}}, {"faults": ["no name"]},
        {"measures": {"silence": 1}}, {"seq": -1}, {"boot": "x"}, {"more": 1}, {"measures": {"bin": 2**53 + 1}},
        {"serving": 1}, {"serving": "yes"}, {"seq": "1"},
    ],
)  # fmt: skip
def test_what_is_no_sample_is_refused_whole(machine, operator, sample):
    refused = report(machine, {}, sample)
    assert (refused.status_code, problem(refused) in {"unfit-request", "malformed-sample"}) == (422, True)
    assert operator.get(f"/api/v1/machines/{machine.id}/telemetry", params=ALWAYS).json() == {"samples": []}


def test_a_full_bin_becomes_an_alert_and_a_ticket_that_one_person_takes(platform, machine, operator):
    for number in range(4):
        report(machine, {"measures": {"bin_level": 990}}, ago=(4 - number) * 60 * SECOND, start=number)
    mine = [each for each in operator.get("/api/v1/alerts").json()["alerts"] if each["machine_id"] == machine.id]
    assert {each["rule"] for each in mine} == {"bin_full", "bin_nearly_full"}
    (ticket,) = operator.get("/api/v1/tickets", params={"machine_id": machine.id}).json()["tickets"]
    path = f"/api/v1/tickets/{ticket['ticket_id']}"
    assert operator.post(f"{path}/take").json()["state"] == "taken"
    taken = platform.operator().post(f"{path}/take")
    assert (taken.status_code, problem(taken)) == (409, "ticket-taken")
    assert operator.post(f"{path}/resolve", json={"note": "emptied"}).json()["resolved_by"] == operator.id
    assert problem(operator.post(f"{path}/take")) == "ticket-resolved"
    assert problem(operator.post(f"/api/v1/tickets/{uuid.uuid4()}/take")) == "unknown-ticket"
    assert operator.get("/api/v1/tickets", params={"machine_id": machine.id, "state": "open"}).json()["tickets"] == []
    assert platform.metric("rvm_alerts_total", change="raised", rule="bin_full") >= 1


def test_a_silent_machine_is_down_by_network(platform, machine, operator):
    report(machine)
    with platform.clock.ahead(200):
        platform.container.resolve(WatchFleet)()
        raised = operator.get("/api/v1/alerts").json()["alerts"]
        assert ("silent", machine.id) in {(each["rule"], each["machine_id"]) for each in raised}
        served = operator.get("/api/v1/availability", params=ALWAYS).json()
        (mine,) = [each for each in served["machines"] if each["machine_id"] == machine.id]
        assert 199 <= mine["down"]["network"] <= 210
        assert served["fleet"]["span"] >= mine["span"]
        report(machine)
    empty = operator.get("/api/v1/availability", params={**ALWAYS, "until": "2019-01-01T00:00:00Z"})
    assert (empty.status_code, problem(empty)) == (422, "empty-span")


def test_a_command_goes_to_the_machine_and_back_once(platform, machine, operator):
    path = f"/api/v1/machines/{machine.id}/commands"
    sent = operator.post(path, key="once", json={"kind": "set_mode", "parameters": {"mode": "local_then_remote"}})
    assert operator.post(path, key="once", json=json.loads(sent.request.content)).json() == sent.json()
    assert report(machine).json()["commands"] == 1
    (delivered,) = machine.http.post(f"/api/v1/machines/{machine.id}/deliveries").json()["commands"]
    keys = machine.http.get(f"/api/v1/machines/{machine.id}/configuration").json()["keys"]
    raw, key = base64.b64decode(delivered["raw"]), base64.b64decode(keys[delivered["key_id"]])
    assert Ed25519Verifier().verify(key, raw, base64.b64decode(delivered["signature"]))
    reports = f"{path}/{json.loads(raw)['id']}/reports"
    early = machine.http.post(reports, json={"told": "succeeded"})
    assert (early.status_code, problem(early)) == (409, "command-over")
    for told in ("accepted", "accepted", "succeeded", "succeeded"):
        assert machine.http.post(reports, json={"told": told, "detail": "done"}).json()["state"] == told
    assert problem(machine.http.post(reports, json={"told": "failed"})) == "command-over"
    assert problem(machine.http.post(f"{path}/{uuid.uuid4()}/reports", json={"told": "failed"})) == "unknown-command"
    (seen,) = operator.get(path).json()["commands"]
    assert (seen["state"], seen["detail"]) == ("succeeded", "done")
    assert operator.get(f"/api/v1/machines/{machine.id}").json()["mode"] == "local_then_remote"
    unfit = operator.post(path, json={"kind": "reboot", "parameters": {"now": "yes"}})
    assert (unfit.status_code, problem(unfit)) == (422, "unfit-command")


def shown(platform, signer, purpose, subject):
    moment = platform.clock.now().wall
    signature = signer.sign(to_sign(purpose, subject, signer.public_key, moment))
    return {"moment": moment, "signature": base64.b64encode(signature).decode()}


def test_a_machine_comes_by_claim_code_renews_its_key_and_is_revoked(platform, operator):
    issued = operator.post("/api/v1/claim-codes", json={"name": "Hall", "site": "Gambir"}).json()
    signer = Ed25519Signer(Ed25519PrivateKey.generate())
    public = base64.b64encode(signer.public_key).decode()
    proof = shown(platform, signer, "provision", code_hash(issued["code"]))
    body = {"code": issued["code"], "public_key": public, **proof}
    given = platform.client().post("/api/v1/provisions", json=body)
    assert given.status_code == 201
    machine = given.json()["machine_id"]
    cursor = f"/api/v1/machines/{machine}/cursor"
    assert platform.client(Authorization=f"Bearer {given.json()['api_key']}").get(cursor).status_code == 200
    replayed = platform.client().post("/api/v1/provisions", json=body)
    assert (replayed.status_code, problem(replayed)) == (409, "stale-proof")
    forged = platform.client().post("/api/v1/provisions", json={**body, "moment": body["moment"] + 1})
    assert (forged.status_code, problem(forged)) == (403, "proof-refused")
    wrong = platform.client().post("/api/v1/provisions", json={**body, "code": issued["code"][:-1] + "U"})
    assert (wrong.status_code, problem(wrong)) == (422, "malformed-claim-code")
    renewal = {"machine_id": machine, **shown(platform, signer, "renew", machine)}
    renewed = platform.client().post("/api/v1/renewals", json=renewal).json()["api_key"]
    assert platform.client(Authorization=f"Bearer {renewed}").get(cursor).status_code == 200
    seen = operator.get(f"/api/v1/machines/{machine}").json()
    assert (seen["site"], seen["provisioned"], seen["revoked_at"]) == ("Gambir", True, None)
    assert operator.post(f"/api/v1/machines/{machine}/revoke").json()["machine_id"] == machine
    after = {"machine_id": machine, **shown(platform, signer, "renew", machine)}
    refused = platform.client().post("/api/v1/renewals", json=after)
    assert (refused.status_code, problem(refused)) == (403, "machine-revoked")
    codes = operator.get("/api/v1/claim-codes").json()["codes"]
    assert {"code_id": issued["code_id"], "state": "used", "machine_id": machine}.items() <= codes[0].items()
    assert issued["code"] not in json.dumps(codes)
    over = operator.post(f"/api/v1/claim-codes/{issued['code_id']}/withdraw")
    assert (over.status_code, problem(over)) == (409, "claim-code-over")


def test_another_organisations_machine_is_not_there(platform, operator):
    for path in ("", "/telemetry?from=2020-01-01T00:00:00Z&until=2021-01-01T00:00:00Z", "/commands"):
        assert problem(operator.get(f"/api/v1/machines/{uuid.uuid4()}{path}")) == "unknown-machine"


@pytest.mark.parametrize("moment", ["5", "1777636800", "2026-05-01", "2026-05-01T00:00:00", "now", "20260501T000000Z"])
def test_what_is_no_moment_is_none(operator, moment):
    refused = operator.get("/api/v1/availability", params={**ALWAYS, "from": moment})
    assert (refused.status_code, problem(refused)) == (422, "unfit-request")
