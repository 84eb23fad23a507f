"""Sign up, sign in, a QR, a machine that reads it, a bottle, points: over HTTP from end to end."""

import cv2
import numpy as np
import pytest
import zxingcpp

from domain.deposits.bodies import Outcome
from domain.deposits.recognition import Material
from domain.deposits.token import from_text
from tests.api.callers import heard


def pixels(png):
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)


def test_a_bottle_becomes_points(platform, person, machine):
    session = person.session()
    assert session["state"] == "issued"
    token = from_text(session["token"])
    assert (token.claims.person, token.claims.session) == (person.id, session["session_id"])

    picture = pixels(person.get(session["qr"]["png"]).content)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == session["token"]
    assert (picture.shape[0] // 12 - 8 - 17) // 4 <= 7, "at most QR version 7"

    with person.follow(f"/api/v1/sessions/{session['session_id']}/live") as live:
        snapshot = heard(live)
        assert (snapshot["type"], snapshot["data"]["state"], snapshot["data"]["items"]) == ("snapshot", "issued", [])

        claim = machine.http.post(f"/api/v1/machines/{machine.id}/claims", json={"token": code.text}).json()
        assert claim == {"confirmed": True, "why": "ok"}
        opened, (glass, metal) = machine.visit(code.text, items=2, promise=("test-1", 10))
        told = machine.send()
        assert told.status_code == 200
        last = machine.entries[-1]
        assert told.json()["cursor"] == {"epoch": last.epoch, "seq": last.seq, "hash": last.hash}

        messages = [heard(live) for _ in range(8)]
    assert [message["type"] for message in messages] == [
        "session.claimed", "session.used", "visit.opened", "item.decided", "item.settled", "item.decided",
        "item.settled", "visit.closed",
    ]  # fmt: skip
    assert [message["version"] for message in messages] == list(range(snapshot["version"] + 1, snapshot["version"] + 9))
    settled = messages[-2]["data"]
    assert (settled["item"], settled["verdict"], settled["points"], settled["balance"]) == (
        metal.id,
        "credited",
        10,
        20,
    )

    assert person.get("/api/v1/balance").json() == {"points": 20, "unit": "points"}
    history = person.get("/api/v1/deposits").json()["deposits"]
    assert [line["item_id"] for line in history] == [metal.id, glass.id]
    assert {line["verdict"] for line in history} == {"credited"}
    assert history[0]["visit_id"] == opened.id
    postings = person.get("/api/v1/statement").json()["postings"]
    assert [posting["amount"] for posting in postings] == [10, 10]
    now = person.get(f"/api/v1/sessions/{session['session_id']}").json()
    assert (now["state"], now["claimed_by"], now["visit_id"]) == ("used", machine.id, opened.id)


def test_the_same_batch_again_changes_nothing(person, machine):
    machine.visit(person.session()["token"])
    assert machine.send().json() == machine.send().json()
    assert person.get("/api/v1/balance").json()["points"] == 10
    assert len(person.get("/api/v1/deposits").json()["deposits"]) == 1


def test_what_was_returned_or_refused_is_in_the_history_and_earns_nothing(person, machine):
    machine.boot()
    opened = machine.open(person.session()["token"])
    paper = machine.decide(opened, Material.PAPER, accepted=False)
    machine.settle(paper, Outcome.RETURNED)
    machine.send()
    (line,) = person.get("/api/v1/deposits").json()["deposits"]
    assert (line["decision"], line["outcome"], line["verdict"], line["points"]) == (
        "reject", "returned", "nothing_due", 0,
    )  # fmt: skip
    assert person.get("/api/v1/statement").json() == {"postings": [], "next": None}


def test_history_comes_in_pages_without_a_hole_or_a_double(person, machine):
    _, items = machine.visit(person.session()["token"], items=7)
    machine.send()
    for path, name in (("deposits", "item_id"), ("statement", "transaction_id")):
        seen, after = [], None
        while True:
            page = person.get(f"/api/v1/{path}", params={"limit": 3, **({"after": after} if after else {})}).json()
            seen += [line[name] for line in page["deposits" if path == "deposits" else "postings"]]
            after = page["next"]
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 7
    assert seen != [item.id for item in items]


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_qr_is_its_owners_only(platform, person, form):
    link = person.session()["qr"][form]
    assert person.get(link).status_code == 200
    assert platform.client().get(link).status_code == 401
    stranger = platform.person().get(link)
    assert (stranger.status_code, stranger.json()["type"]) == (404, "https://myrvm.org/problems/unknown-session")


def test_the_drawing_says_what_the_pixels_say(person):
    session = person.session()
    svg = person.get(session["qr"]["svg"])
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.text.startswith("<svg")
    assert "script" not in svg.text
    assert 'viewBox="0 0 53 53"' in svg.text
