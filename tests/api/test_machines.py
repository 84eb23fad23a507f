"""What machines send and ask over HTTP: only a gap stops a sync; what is wrong is named, counted and kept apart."""

import base64
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from domain.deposits.bodies import Opener, Outcome, VisitOpened, body_of
from domain.deposits.token import Claims, from_text, to_sign, to_text
from domain.points.price_list import read
from tests.api.test_people import problem

VERIFIER = Ed25519Verifier()


def claim(machine, token):
    return machine.http.post(f"/api/v1/machines/{machine.id}/claims", json={"token": token}).json()


def configuration(machine):
    return machine.http.get(f"/api/v1/machines/{machine.id}/configuration").json()


@pytest.mark.parametrize("key", ["x", "rvm_", "rvm_" + "A" * 43, "A" * 47, "é", "' OR 1=1 --"])
def test_an_unknown_key_is_nobody(platform, machine, key):
    header = b"Bearer " + key.encode()
    refused = platform.client().get(f"/api/v1/machines/{machine.id}/cursor", headers={"Authorization": header})
    assert (refused.status_code, problem(refused)) == (401, "unknown-machine-key")


def test_a_machine_speaks_for_itself_only(platform, machine):
    other = platform.machine()
    other.visit("X")
    refused = other.http.post(f"/api/v1/machines/{machine.id}/entries", json=other.batch(other.entries))
    assert (refused.status_code, problem(refused)) == (403, "another-machine")
    assert machine.http.get(f"/api/v1/machines/{machine.id}/cursor").json() == {"cursor": None}
    assert other.http.get(f"/api/v1/machines/{other.id}/cursor").json() == {"cursor": None}
    unknown = other.http.get(f"/api/v1/machines/{uuid.uuid4()}/cursor")
    assert problem(unknown) == "another-machine", "whether another machine exists is not told"


def test_a_gap_stops_the_sync_and_says_what_is_held(platform, machine):
    machine.visit("X", items=2)
    first, second = machine.entries[:3], machine.entries[4:]
    gaps = platform.metric("rvm_gaps_total")
    nothing = machine.send(second)
    assert (nothing.status_code, problem(nothing), nothing.json()["held"]) == (409, "gap", None)
    held = machine.send(first).json()["cursor"]
    assert machine.send(second).json()["held"] == held
    assert platform.metric("rvm_gaps_total") == gaps + 2
    assert machine.send().json()["cursor"]["hash"] == machine.entries[-1].hash
    cursor = machine.http.get(f"/api/v1/machines/{machine.id}/cursor", params={"epoch": machine.epoch})
    assert cursor.json()["cursor"]["seq"] == machine.entries[-1].seq


ODD = [
    "",
    "{}",
    "not json",
    "[]",
    '{"a": 1.5}',
    "é",
    "x" * 20_000,
    "<script>alert(1)</script>",
    "'; DROP TABLE entries",
]


@pytest.mark.parametrize("odd", ODD)
def test_an_entry_that_is_none_is_kept_apart_and_stops_nothing(platform, machine, odd):
    booted = machine.boot()
    apart = platform.metric("rvm_rejected_entries_total")
    assert machine.send([booted, odd]).status_code == 200
    assert platform.metric("rvm_rejected_entries_total") == apart + 1
    alarms = platform.first_operator.get("/api/v1/alarms").json()["alarms"]
    assert ("rejected_entry", machine.id) in {(alarm["kind"], alarm["machine_id"]) for alarm in alarms}
    machine.entries = [booted]
    machine.boot()
    assert machine.send(machine.entries[1:]).json()["cursor"]["hash"] == machine.entries[-1].hash


def test_a_reused_id_with_other_bytes_is_a_verdict_and_no_stop(platform, person, machine):
    _, (item,) = machine.visit(person.session()["token"])
    machine.send()
    before = platform.metric("rvm_verdicts_total", verdict="refused", why="reused_id")
    machine.write(VisitOpened(Opener.GUEST, None, claimed=False, price_list=None), id=item.id)
    assert machine.send().status_code == 200
    assert platform.metric("rvm_verdicts_total", verdict="refused", why="reused_id") == before + 1
    assert person.get("/api/v1/balance").json()["points"] == 10


@pytest.mark.parametrize(
    "change",
    [
        {"boot": "x"},
        {"boot": None},
        {"sending": {}},
        {"sending": {"mono": -1, "wall": 0, "trusted": True}},
        {"sending": {"mono": 0.5, "wall": 0, "trusted": True}},
        {"sending": {"mono": "1", "wall": 0, "trusted": True}},
        {"sending": {"mono": 1, "wall": 1 << 63, "trusted": True}},
        {"sending": {"mono": 1, "wall": 0, "trusted": 1}},
        {"waiting": -1},
        {"entries": "text"},
        {"entries": [1]},
        {"entries": [{}]},
        {"entries": ["x"] * 101},
        {"more": 1},
    ],
)
def test_a_batch_that_is_not_of_the_form_is_refused_whole(machine, change):
    booted = machine.boot()
    sent = machine.http.post(f"/api/v1/machines/{machine.id}/entries", json={**machine.batch([booted]), **change})
    assert (sent.status_code, problem(sent)) == (422, "unfit-request")
    assert machine.http.get(f"/api/v1/machines/{machine.id}/cursor").json() == {"cursor": None}


def test_a_machine_can_check_what_it_is_told(platform, person, machine):
    told = configuration(machine)
    keys = {key_id: base64.b64decode(key) for key_id, key in told["keys"].items()}
    token = from_text(person.session()["token"])
    assert token.claims.organisation == told["organisation"]
    assert VERIFIER.verify(keys[token.claims.key_id], token.signed, token.signature)
    prices = told["price_list"]
    raw = base64.b64decode(prices["raw"])
    assert VERIFIER.verify(keys[prices["key_id"]], raw, base64.b64decode(prices["signature"]))
    assert read(raw).version == "test-1"
    assert abs(told["time"] - platform.clock.now().wall) < 10_000_000


def test_a_claim_is_answered_by_name(platform, person, machine):
    other = platform.machine()
    older = person.session()["token"]
    token = person.session()["token"]
    assert claim(machine, older) == {"confirmed": False, "why": "withdrawn"}
    assert claim(machine, token) == {"confirmed": True, "why": "ok"}
    assert claim(machine, token) == {"confirmed": True, "why": "ok"}
    assert claim(other, token) == {"confirmed": False, "why": "claimed_elsewhere"}
    assert claim(machine, "HELLO") == {"confirmed": False, "why": "malformed"}
    assert claim(machine, forged(token)) == {"confirmed": False, "why": "forged"}
    late = platform.person().session()["token"]
    with platform.clock.ahead(301):
        assert claim(machine, late) == {"confirmed": False, "why": "expired"}
    assert platform.metric("rvm_claims_total", why="forged") >= 1


def forged(token):
    """The same claims, signed by somebody else."""
    claims = from_text(token).claims
    signer = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    return to_text(claims, signer.sign(to_sign(claims)))


def signed_elsewhere(machine, person):
    """A token that an outsider makes for a person whose id they know."""
    signer = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    now = machine.platform.clock.now().wall // 1_000_000
    told = configuration(machine)
    claims = Claims(signer.key_id, told["organisation"], person.id, str(uuid.uuid4()), now + 300, 300)
    return to_text(claims, signer.sign(to_sign(claims)))


def test_a_stolen_machine_key_alone_credits_nobody(platform, person, machine):
    before = platform.metric("rvm_verdicts_total", verdict="refused", why="forged_token")
    machine.visit(signed_elsewhere(machine, person), items=3)
    assert machine.send().status_code == 200
    assert person.get("/api/v1/balance").json()["points"] == 0
    assert platform.metric("rvm_verdicts_total", verdict="refused", why="forged_token") == before + 3


def test_a_token_that_had_expired_when_it_was_scanned_pays_nothing(platform, person, machine):
    machine.boot()
    machine.send()
    token = person.session()["token"]
    with platform.clock.ahead(900):
        machine.visit(token)
        machine.send()
    assert person.get("/api/v1/balance").json()["points"] == 0
    (line,) = person.get("/api/v1/deposits").json()["deposits"]
    assert (line["verdict"], line["why"]) == ("refused", "expired_token")


def test_items_of_unknown_outcome_are_held_beyond_a_days_bound(person, machine):
    machine.boot()
    opened = machine.open(person.session()["token"])
    for _ in range(21):
        machine.settle(machine.decide(opened), Outcome.UNKNOWN)
    machine.send()
    verdicts = [line["verdict"] for line in person.get("/api/v1/deposits").json()["deposits"]]
    assert sorted(verdicts) == ["credited"] * 20 + ["held"]


NAMES = ["Robert'); DROP TABLE machines;--", "<script>alert(1)</script>", "Pasar Baru ♻ 日本", "../../etc/passwd"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_looks_like_code_is_only_a_name(platform, name):
    machine = platform.machine(name)
    listed = {
        each["machine_id"]: each["name"] for each in platform.first_operator.get("/api/v1/machines").json()["machines"]
    }
    assert listed[machine.id] == name


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "two\nlines", "nul\u0000", "\u202eright to left"])
def test_a_name_that_nobody_can_read_is_refused(operator, name):
    refused = operator.post("/api/v1/machines", json={"name": name})
    assert (refused.status_code, problem(refused)) == (422, "invalid-name")


PRICES = {
    "version": "v", "valid_from": "2030-01-01T00:00:00Z", "valid_until": "2031-01-01T00:00:00Z", "points": {"glass": 1},
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"version": ""},
        {"version": "a b"},
        {"version": "x" * 65},
        {"valid_from": "2030-01-01T00:00:00"},
        {"valid_from": "soon"},
        {"valid_from": 5},
        {"valid_from": "1777636800"},
        {"points": {"gold": 1}},
        {"points": {"glass": -1}},
        {"points": {"glass": 1_000_001}},
        {"points": {"glass": 1.5}},
        {"points": {"glass": True}},
    ],
)
def test_a_price_list_that_is_none_is_refused(operator, change):
    assert problem(operator.post("/api/v1/price-lists", json={**PRICES, **change})) == "unfit-request"


def test_a_price_list_never_changes(operator):
    version = uuid.uuid4().hex
    prices = {**PRICES, "version": version}
    first = operator.post("/api/v1/price-lists", json=prices)
    assert first.status_code == 201
    assert operator.post("/api/v1/price-lists", json=prices).json() == first.json()
    changed = operator.post("/api/v1/price-lists", json={**prices, "points": {"glass": 2}})
    assert (changed.status_code, problem(changed)) == (409, "already-there")
    assert "UNIQUE" not in changed.text
    over = operator.post("/api/v1/price-lists", json={**PRICES, "valid_until": PRICES["valid_from"]})
    assert problem(over) == "malformed-price-list"


def test_a_session_can_be_withdrawn_once_and_not_after_it_was_used(platform, person, machine):
    session = person.session()
    path = f"/api/v1/sessions/{session['session_id']}/withdraw"
    assert person.post(path).json()["state"] == "withdrawn"
    assert person.post(path).json()["state"] == "withdrawn"
    assert problem(platform.person().post(path)) == "unknown-session"
    used = person.session()
    machine.visit(used["token"])
    machine.send()
    over = person.post(f"/api/v1/sessions/{used['session_id']}/withdraw")
    assert (over.status_code, problem(over)) == (409, "session-over")


def test_a_person_has_one_open_session(person):
    first = person.session()
    person.session()
    assert person.get(f"/api/v1/sessions/{first['session_id']}").json()["state"] == "withdrawn"


def test_a_session_nobody_scanned_expires(platform, person):
    session = person.session()
    with platform.clock.ahead(301):
        assert person.get(f"/api/v1/sessions/{session['session_id']}").json()["state"] == "expired"


def test_a_clock_that_says_anything_breaks_no_history(person, machine):
    """Nothing was sent while that epoch ran, so its own clock alone tells of it: the year 148,000."""
    machine.boot()
    opened = machine.open(person.session()["token"])
    glass = machine.decide(opened)
    machine.entries.pop()
    item = machine.write(body_of(glass), wall=2**62)
    machine.settle(item)
    machine.boot()
    assert machine.send().status_code == 200
    assert [line["item_id"] for line in person.get("/api/v1/deposits").json()["deposits"]] == [item.id]
