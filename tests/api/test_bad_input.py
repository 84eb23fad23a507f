"""Bad input, each kind from outside: what it is answered, which series counts it, and what it leaves behind.

docs/bad-input.md is the table of these; a test holds the two together.
"""

import hashlib
import re
import sqlite3
import uuid
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.signing.ed25519 import Ed25519Signer
from application.ports.signing import Signer
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import Counters, ItemDecided, Opener, Picture, VisitOpened
from domain.deposits.recognition import Box, Mask, Material, Recognition
from domain.deposits.session import organisation_tag
from domain.deposits.token import from_text, to_sign, to_text
from entrypoints.api.times import microseconds
from entrypoints.container import DATABASE_FILE
from tests.api.test_people import problem
from tests.objects.world import noise

MIB = 1 << 20
DAY = 86_400_000_000
"""Microseconds."""
KEPT = {"batches": 1, "entries": 1, "links": 1, "outbox": 1}
"""What one more entry leaves when nobody is to be told of a visit."""
ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "bad-input.md"


def rows(platform):
    """How many rows each table has."""
    with closing(sqlite3.connect(f"file:{platform.data / DATABASE_FILE}?mode=ro", uri=True)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        # Jobs come with the clock.
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names if name != "jobs"
        }


def series(platform):
    """Every series that counts something, and its value."""
    lines = platform.client().get("/metrics").text.splitlines()
    found = (line.rpartition(" ") for line in lines if "_total" in line and not line.startswith("#"))
    return {name: float(value) for name, _, value in found}


class Watched:
    """What a request changed: rows by table, series by name."""

    def __init__(self, platform):
        self.platform = platform

    def __enter__(self):
        self.platform.relayed()
        self._rows, self._series = rows(self.platform), series(self.platform)
        return self

    def __exit__(self, *_):
        self.platform.relayed()
        after, counted = rows(self.platform), series(self.platform)
        self.rows = {name: count - self._rows[name] for name, count in after.items() if count != self._rows[name]}
        self.counted = {
            name: value - self._series.get(name, 0)
            for name, value in counted.items()
            if value != self._series.get(name, 0)
        }


@pytest.fixture
def at_work(machine, person):
    """A machine that has sent a visit, so that there is something to spoil."""
    machine.visit(person.session()["token"])
    assert machine.send().status_code == 200
    return machine


def opened():
    return VisitOpened(Opener.GUEST, None, claimed=False, price_list=None)


def signed(platform, person, organisation=None, signer=None):
    """A token for this person, perhaps of another organisation, perhaps signed by somebody else."""
    theirs = from_text(person.session()["token"]).claims
    key = signer or platform.container.resolve(Signer)
    claims = evolve(theirs, key_id=key.key_id, organisation=organisation or theirs.organisation)
    return to_text(claims, key.sign(to_sign(claims)))


# ------------------------------------------------------------------ entries


def test_an_entry_that_does_not_parse(platform, at_work):
    with Watched(platform) as seen:
        assert at_work.send(["{"]).status_code == 200
    assert seen.rows == {"batches": 1, "rejected_entries": 1, "alarms": 1, "outbox": 1}
    assert seen.counted == {"rvm_rejected_entries_total": 1, 'rvm_alarms_total{kind="rejected_entry"}': 1}


def test_an_entry_that_comes_again_with_other_bytes(platform, at_work, person):
    at_work.write(opened(), id=at_work.entries[2].id)
    with Watched(platform) as seen:
        assert at_work.send(at_work.entries[-1:]).status_code == 200
    assert seen.rows == {**KEPT, "verdicts": 1, "alarms": 1}
    assert seen.counted == {
        'rvm_verdicts_total{verdict="refused",why="reused_id"}': 1,
        'rvm_entries_total{kind="visit_opened"}': 1,
        'rvm_alarms_total{kind="reused_id"}': 1,
    }
    assert person.get("/api/v1/balance").json()["points"] == 10


def test_an_entry_that_comes_again(platform, at_work):
    with Watched(platform) as seen:
        assert at_work.send().status_code == 200
    assert seen.rows == {}
    assert seen.counted == {"rvm_replayed_entries_total": 5}


def test_a_gap(platform, at_work):
    at_work.write(opened())
    at_work.write(opened())
    with Watched(platform) as seen:
        refused = at_work.send(at_work.entries[-1:])
    assert (refused.status_code, problem(refused)) == (409, "gap")
    assert seen.rows == {}
    assert seen.counted == {"rvm_gaps_total": 1, 'rvm_problems_total{type="gap"}': 1}
    assert at_work.send(at_work.entries[-2:]).status_code == 200


def test_a_fork(platform, at_work, person):
    del at_work.entries[2:]
    at_work.write(opened())
    with Watched(platform) as seen:
        assert at_work.send(at_work.entries[-1:]).status_code == 200
    assert seen.rows == {**KEPT, "visits": 1, "alarms": 1, "outbox": 2}
    assert seen.counted == {'rvm_entries_total{kind="visit_opened"}': 1, 'rvm_alarms_total{kind="fork"}': 1}
    assert person.get("/api/v1/balance").json()["points"] == 10


# ------------------------------------------------------------------ tokens


def claimed(machine, token):
    return machine.http.post(f"/api/v1/machines/{machine.id}/claims", json={"token": token}).json()


def test_a_token_that_expired_before_it_was_scanned(platform, machine, person):
    machine.boot()
    assert machine.send().status_code == 200
    token = person.session()["token"]
    with platform.clock.ahead(900):
        with Watched(platform) as early:
            assert claimed(machine, token) == {"confirmed": False, "why": "expired"}
        machine.visit(token)
        with Watched(platform) as journal:
            assert machine.send(machine.entries[1:]).status_code == 200
    assert early.counted == {'rvm_claims_total{why="expired"}': 1}
    assert early.rows.keys() <= {"outbox"}, "that sessions are over may be told meanwhile"
    assert journal.counted['rvm_verdicts_total{verdict="refused",why="expired_token"}'] == 1
    assert "postings" not in journal.rows


def test_a_token_scanned_twice_on_one_machine(platform, machine, person):
    token = person.session()["token"]
    assert claimed(machine, token)["confirmed"]
    with Watched(platform) as again:
        assert claimed(machine, token) == {"confirmed": True, "why": "ok"}
    assert (again.rows, again.counted) == ({}, {'rvm_claims_total{why="ok"}': 1})
    machine.visit(token)
    machine.visit(token)
    with Watched(platform) as journal:
        assert machine.send().status_code == 200
    assert journal.counted['rvm_verdicts_total{verdict="credited",why="no_promise"}'] == 2
    assert not [name for name in journal.counted if "alarms" in name]
    assert person.get("/api/v1/balance").json()["points"] == 20


SOMEBODY = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))


@pytest.mark.parametrize(
    ("changes", "why", "verdict"),
    [
        ({"signer": SOMEBODY}, "forged", "forged_token"),
        ({"organisation": organisation_tag(str(uuid.UUID(int=7)))}, "other_organisation", "other_organisation"),
    ],
)
def test_a_token_that_is_not_ours(platform, machine, person, changes, why, verdict):
    token = signed(platform, person, **changes)
    with Watched(platform) as early:
        assert claimed(machine, token) == {"confirmed": False, "why": why}
    assert (early.rows, early.counted) == ({}, {f'rvm_claims_total{{why="{why}"}}': 1})
    machine.visit(token)
    with Watched(platform) as journal:
        assert machine.send().status_code == 200
    assert journal.counted[f'rvm_verdicts_total{{verdict="refused",why="{verdict}"}}'] == 1
    assert journal.counted[f'rvm_alarms_total{{kind="{verdict}"}}'] == 1
    assert "postings" not in journal.rows
    assert person.get("/api/v1/balance").json()["points"] == 0


# ------------------------------------------------------------------ clocks


@pytest.mark.parametrize("off", [-3 * DAY, 3 * DAY])
def test_a_clock_three_days_off(platform, machine, person, off):
    token = person.session()["token"]
    machine.wrong_by = off
    machine.visit(token)
    with Watched(platform) as seen:
        assert machine.send().status_code == 200
    assert seen.counted == {
        **{f'rvm_entries_total{{kind="{kind}"}}': 1 for kind in
           ("booted", "visit_opened", "item_decided", "item_settled", "visit_closed")},
        'rvm_verdicts_total{verdict="credited",why="no_promise"}': 1,
    }  # fmt: skip
    (line,) = person.get("/api/v1/deposits").json()["deposits"]
    assert (
        abs(microseconds(datetime.fromisoformat(line["decided_at"].replace("Z", "+00:00"))) - platform.clock.now().wall)
        < DAY
    )


# ------------------------------------------------------------------ bodies, names, pictures


def test_a_hundred_megabytes(platform, machine):
    def body():
        for _ in range(100):
            yield b" " * MIB

    with Watched(platform) as seen:
        refused = machine.http.post(
            f"/api/v1/machines/{machine.id}/entries", content=body(), headers={"Content-Type": "application/json"}
        )
    assert (refused.status_code, problem(refused)) == (413, "body-too-large")
    assert (seen.rows, seen.counted) == ({}, {'rvm_problems_total{type="body-too-large"}': 1})


NAMES = ["Robert'); DROP TABLE machines;--", "<script>alert(1)</script>", '" onload="alert(1)']


@pytest.mark.parametrize("name", NAMES)
def test_sql_and_script_in_a_name(platform, operator, name):
    with Watched(platform) as seen:
        made = operator.post("/api/v1/machines", json={"name": name}).json()["machine_id"]
    assert seen.rows["machines"] == 1
    assert seen.counted == {}
    assert operator.get(f"/api/v1/machines/{made}").json()["name"] == name, "as it was given"
    assert operator.get(f"/api/v1/machines/{made}").headers["content-type"] == "application/json"


PICTURE = noise(40_000, "a bottle")


@pytest.fixture
def pictured(machine, person):
    """A machine that has recorded an item with this picture, and where the picture goes."""
    machine.boot()
    visit = machine.open(person.session()["token"])
    seen = Recognition(1, Material.GLASS, 990_000, 995_000, Box(1, 1, 9, 9), Material.GLASS, 900_000, Mask(9_000), "m")
    picture = Picture(hashlib.sha256(PICTURE).hexdigest(), "0123456789abcdef")
    decision = Decision(accepted=True, reason=Reason.CONTAINER)
    item = machine.write(ItemDecided(visit.id, decision, seen, picture, None, Counters(0, 0)))
    machine.settle(item)
    assert machine.send().status_code == 200
    return machine, f"/api/v1/machines/{machine.id}/items/{item.id}/picture"


@pytest.mark.parametrize(
    ("size", "name"),
    [(0, "unfit-request"), (-1, "unfit-request"), ((8 << 20) + 1, "unfit-object"), (2**63 - 1, "unfit-object")],
)
def test_a_picture_of_no_bytes_or_of_too_many(platform, pictured, size, name):
    machine, path = pictured
    with Watched(platform) as seen:
        refused = machine.http.post(path, json={"size": size, "media_type": "image/jpeg"})
    assert (refused.status_code, problem(refused)) == (422, name)
    assert (seen.rows, seen.counted) == ({}, {f'rvm_problems_total{{type="{name}"}}': 1})


@pytest.mark.parametrize("sent", [b"", PICTURE[:-100], PICTURE + b"more"])
def test_a_picture_that_is_cut_off_or_grew(platform, pictured, sent):
    machine, path = pictured
    upload = machine.http.post(path, json={"size": len(PICTURE), "media_type": "image/jpeg"}).json()["upload"]
    before = files(platform)
    with Watched(platform) as seen:
        refused = platform.client().post(upload["url"], data=upload["fields"], files={"file": ("p", sent)})
        never = machine.http.post(f"{path}/sent")
    assert (refused.status_code, problem(refused)) == (422, "content-differs")
    assert problem(never) == "unknown-picture"
    assert seen.counted == {
        'rvm_problems_total{type="content-differs"}': 1, 'rvm_problems_total{type="unknown-picture"}': 1,
    }  # fmt: skip
    assert (seen.rows, files(platform)) == ({}, before)


def files(platform):
    return sorted(file for file in (platform.data / "objects").rglob("*") if file.is_file())


# ------------------------------------------------------------------ the table


def test_the_table_names_series_that_there_are_and_tests_that_there_are():
    text = TABLE.read_text(encoding="utf-8")
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "entrypoints").rglob("*.py"))
    named = set(re.findall(r"`(rvm_[a-z_]+?)(?:_total)?(?:\{[^`]*\})?`", text))
    assert named
    assert [name for name in named if f'"{name}"' not in code] == []
    tests = re.findall(r"`([a-z_/]+\.py)::(test_[a-z_0-9]+)`", text)
    assert tests
    for file, test in tests:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"
