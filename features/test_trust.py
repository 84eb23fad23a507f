"""Forgery, and books that prove it."""

import json
import sqlite3

from pytest_bdd import parsers, scenarios, then, when

from domain.deposits.journal import encode, read
from domain.deposits.recognition import Material
from entrypoints.prove import proof_of
from features.conftest import newest

scenarios("trust.feature")


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
