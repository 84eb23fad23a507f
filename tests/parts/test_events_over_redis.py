"""Two platform processes' worth of wiring over one database and one real Redis: live messages reach everybody.

Between Redis and the platform stands a wire that loses what it is told to lose.
"""

import pytest

from application.ports.unit_of_work import UnitOfWorkFactory
from entrypoints.parts.redis import RedisServer
from tests.api.callers import heard
from tests.parts.lossy import LossyWire
from tests.parts.workers import two_workers


def path(session):
    return f"/api/v1/sessions/{session['session_id']}/live"


FLEET = "/api/v1/fleet/live"


@pytest.fixture
def redis():
    with RedisServer() as server:
        yield server


@pytest.fixture
def wire(redis):
    with LossyWire(redis.port, seed=20) as between:
        yield between


@pytest.fixture
def workers(tmp_path, wire, redis_prefix):
    with two_workers(tmp_path, wire.url, redis_prefix) as both:
        yield both


def test_what_one_worker_relays_is_seen_at_the_other(workers):
    person, machine = workers.first.person(), workers.first.machine()
    with workers.at_second(workers.first.operator()).follow(FLEET) as fleet:
        seen_from = heard(fleet)["version"]
        session = person.session()
        with workers.at_second(person).follow(path(session)) as live:
            version = heard(live)["version"]
            machine.visit(session["token"], items=3)
            machine.send()
            types = [heard(live)["type"] for _ in range(9)]
        assert types == ["session.used", "visit.opened", *["item.decided", "item.settled"] * 3, "visit.closed"]
        messages = heard_until(fleet, "visit.closed")
    assert version == 1
    versions = [message["version"] for message in messages]
    assert versions == sorted(set(versions))
    assert versions[0] > seen_from


def test_with_half_of_all_messages_lost_nothing_is_lost_or_doubled(workers, wire):
    """Somebody at version v changes to the other worker: v+1 to head, once each, nothing older, no snapshot."""
    person, machine = workers.first.person(), workers.first.machine()
    operator = workers.first.operator()
    session = person.session()
    wire.loses = 0.5
    with person.follow(path(session)) as live:
        machine.visit(session["token"], items=2)
        machine.send()
        before = [heard(live) for _ in range(4)]
    version = before[-1]["version"]
    with (
        workers.at_second(operator).follow(FLEET) as fleet,
        workers.at_second(person).follow(path(session), version) as live,
    ):
        fleet_from = heard(fleet)["version"]
        other = workers.first.person().session()
        for _ in range(20):
            machine.visit(other["token"], items=1)
            machine.send(machine.entries[-4:])
        missed = [heard(live)["version"] for _ in range(4)]
        workers.first.relayed()
        expected = head(workers.first, fleet_from)
        told = [heard(fleet)["version"] for _ in expected]
    print(f"lost {wire.lost} of {wire.lost + wire.carried} messages")
    assert missed == list(range(version + 1, version + 5))
    assert told == expected
    assert wire.lost >= 10


def test_a_last_message_that_is_lost_is_missed_all_the_same(workers, wire):
    person = workers.first.person()
    session = person.session()
    with workers.at_second(person).follow(path(session)) as live:
        heard(live)
        wire.loses = 1.0
        person.post(f"/api/v1/sessions/{session['session_id']}/withdraw")
        workers.first.relayed()
        while not wire.lost:
            workers.first.client().get("/health/live")
        wire.loses = 0.0
        withdrawn = heard(live)
    assert (withdrawn["type"], withdrawn["version"]) == ("session.withdrawn", 2)


def heard_until(socket, type):
    messages = [heard(socket)]
    while messages[-1]["type"] != type:
        messages.append(heard(socket))
    return messages


def head(platform, version):
    """The versions of the fleet's feed after one, as the database has them."""
    with platform.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
        organisation = work.organisations.all()[0].id
        return [event.publication for event in work.outbox.feed(organisation, version, 10_000)]
