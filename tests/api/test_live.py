"""Followers over real WebSockets: a snapshot, what was missed, what comes live; and who may not follow."""

import json
import uuid

import pytest
from websockets.exceptions import ConnectionClosed

from application.ports.events import Events
from application.ports.outbox import Event
from entrypoints.relay import Relay
from tests.api.callers import connected, heard

FLEET = "/api/v1/fleet/live"


def path(session):
    return f"/api/v1/sessions/{session['session_id']}/live"


def refused(socket):
    """The problem that a follower is told before the end, and the code of the end."""
    told = heard(socket)
    assert (told["type"], told["version"]) == ("problem", None)
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=10)
    return told["data"]["type"].rpartition("/")[2], closed.value.rcvd.code


def test_a_snapshot_is_what_its_events_come_to(platform, person, machine):
    session = person.session()
    machine.visit(session["token"], items=2, promise=("test-1", 10))
    machine.send()
    with person.follow(path(session)) as live:
        snapshot = heard(live)
    data = snapshot["data"]
    assert (snapshot["type"], data["state"], data["visit"]["closed"]) == ("snapshot", "used", "done")
    assert [item["verdict"] for item in data["items"]] == ["credited"] * 2
    assert [item["decision"] for item in data["items"]] == ["accept"] * 2
    with person.follow(path(session), version=0) as live:
        missed = [heard(live) for _ in range(snapshot["version"])]
    assert [message["version"] for message in missed] == list(range(1, snapshot["version"] + 1))
    assert missed[0]["type"] == "session.issued"


def test_who_comes_back_gets_just_what_they_missed(person, machine):
    session = person.session()
    with person.follow(path(session)) as live:
        version = heard(live)["version"]
    opened, (item,) = machine.visit(session["token"])
    machine.send()
    with person.follow(path(session), version=version) as live:
        types = [heard(live)["type"] for _ in range(5)]
    assert types == ["session.used", "visit.opened", "item.decided", "item.settled", "visit.closed"]
    with person.follow(path(session), version=version + 3) as live:
        settled = heard(live)
        assert (settled["type"], settled["data"]["item"]) == ("item.settled", item.id)
        assert heard(live)["data"]["visit"] == opened.id
        with pytest.raises(TimeoutError):
            live.recv(timeout=0.3)


@pytest.mark.parametrize("version", [10_000, 2**52])
def test_a_version_that_never_was_gets_a_snapshot(person, version):
    with person.follow(path(person.session()), version=version) as live:
        assert heard(live)["type"] == "snapshot"


def test_the_version_may_stand_in_the_address_the_token_may_not(platform, person):
    session = person.session()
    with person.follow(path(session) + "?version=0") as live:
        assert heard(live)["type"] == "session.issued"
    with connected(platform, f"{path(session)}?access_token={person.access_token}") as live:
        live.send("{}")
        assert refused(live) == ("malformed-request", 4400)


@pytest.mark.parametrize(
    "word",
    ["", "hello", "[]", "{}", '{"access_token": 1}', '{"access_token": "x", "version": -1}', "[" * 3000, "x" * 5000,
     '{"access_token": "x", "version": "1"}', '{"access_token": "x", "version": true}', b"\x00\xff"],
)  # fmt: skip
def test_a_first_word_that_is_none_ends_it(platform, person, word):
    with connected(platform, path(person.session())) as live:
        live.send(word)
        assert refused(live) == ("malformed-request", 4400)


def test_nobody_follows_without_a_token_of_ours(platform, person):
    with person.follow(path(person.session()), token="a.b.c") as live:
        assert refused(live) == ("not-signed-in", 4401)


def test_nobody_follows_another_persons_session(platform, person):
    session = platform.person().session()
    with person.follow(path(session)) as live:
        assert refused(live) == ("not-found", 4404)
    with platform.operator().follow(path(session)) as live:
        assert refused(live) == ("not-found", 4404)
    with person.follow(f"/api/v1/sessions/{uuid.uuid4()}/live") as live:
        assert refused(live) == ("not-found", 4404)


def test_only_operators_follow_the_fleet(person):
    with person.follow(FLEET) as live:
        assert refused(live) == ("not-allowed", 4403)


def test_a_follower_is_let_go_when_the_access_token_expires(platform, person):
    with platform.clock.ahead(15 * 60 - 3), person.follow(path(person.session())) as live:
        assert heard(live)["type"] == "snapshot"
        assert refused(live) == ("not-signed-in", 4401)


def test_an_operator_follows_the_fleet_and_comes_back(platform, operator, person, machine):
    with operator.follow(FLEET) as live:
        snapshot = heard(live)
        assert machine.id in {each["machine"] for each in snapshot["data"]["machines"]}
        session = person.session()
        machine.visit(session["token"])
        machine.send()
        seen = []
        while not seen or not (seen[-1]["type"] == "visit.closed" and seen[-1]["aggregate"].startswith("session:")):
            seen.append(heard(live))
    versions = [message["version"] for message in seen]
    assert versions == sorted(set(versions))
    assert versions[0] > snapshot["version"]
    assert {"session.issued", "machine.booted", "machine.contacted", "points.credited"} <= {
        message["type"] for message in seen
    }
    with operator.follow(FLEET, version=snapshot["version"]) as live:
        again = [heard(live) for _ in seen]
    assert again == seen


def test_a_fleet_missed_for_too_long_gets_a_snapshot(platform, operator, person, machine):
    with operator.follow(FLEET) as live:
        version = heard(live)["version"]
    machine.visit(person.session()["token"], items=120)
    for start in range(0, len(machine.entries), 100):
        machine.send(machine.entries[start : start + 100])
    platform.relayed()
    with operator.follow(FLEET, version=version) as live:
        snapshot = heard(live)
    assert snapshot["type"] == "snapshot"
    assert len(snapshot["data"]["recent"]) == 50
    assert snapshot["data"]["recent"][-1]["version"] == snapshot["version"]


def test_with_the_relay_stopped_it_stands_still(platform, person, machine):
    relay = platform.container.resolve(Relay)
    session = person.session()
    with person.follow(path(session)) as live:
        version = heard(live)["version"]
        relay.stop()
        try:
            machine.visit(session["token"])
            machine.send()
            with pytest.raises(TimeoutError):
                live.recv(timeout=1)
            assert platform.metric("rvm_outbox_waiting") > 0
            assert platform.client().get("/health/ready").status_code == 503
        finally:
            relay.start()
        assert heard(live)["version"] == version + 1


def test_followers_are_counted(platform, person):
    before = platform.metric("rvm_live_connections", feed="session")
    with person.follow(path(person.session())) as live:
        heard(live)
        assert platform.metric("rvm_live_connections", feed="session") == before + 1
    dropped = platform.metric("rvm_live_dropped_total", feed="fleet", why="not-allowed")
    with person.follow(FLEET) as live:
        refused(live)
    assert platform.metric("rvm_live_dropped_total", feed="fleet", why="not-allowed") == dropped + 1


def test_what_a_follower_says_later_is_not_listened_to(person):
    session = person.session()
    with person.follow(path(session)) as live:
        heard(live)
        live.send(json.dumps({"access_token": "x"}))
        live.send(b"\x00")
        person.post(f"/api/v1/sessions/{session['session_id']}/withdraw")
        assert heard(live)["type"] == "session.withdrawn"


def test_who_does_not_read_is_let_go_and_has_no_hole_up_to_there(platform, person):
    session = person.session()
    events = platform.container.resolve(Events)
    aggregate = f"session:{session['session_id']}"
    with person.follow(path(session)) as live:
        version = heard(live)["version"]
        for number in range(version + 1, version + 4_000):
            events.publish(Event(number, "o", aggregate, number, "item.decided", {"much": "x" * 10_000}, 1))
        seen = []
        while not seen or seen[-1]["type"] != "problem":
            seen.append(heard(live))
        with pytest.raises(ConnectionClosed) as closed:
            live.recv(timeout=10)
    assert closed.value.rcvd.code == 1013
    assert seen[-1]["data"]["type"].endswith("/too-slow")
    assert len(seen) < 3_000
    assert [message["version"] for message in seen[:-1]] == list(range(version + 1, version + len(seen)))
    with person.follow(path(session), version=version) as live:
        person.post(f"/api/v1/sessions/{session['session_id']}/withdraw")
        assert heard(live)["type"] == "session.withdrawn"
