"""Somebody who follows live comes back at the other process, while half of all messages between them are lost."""

import pytest

from tests.api.callers import heard

pytestmark = [
    pytest.mark.slow, pytest.mark.xdist_group("production"), pytest.mark.timeout(240),
]  # fmt: skip

FLEET = "/api/v1/fleet/live"
VISITS = 12
WAITS = 30
"""Seconds for a message, on a busy computer."""


@pytest.fixture
def lossy(stand):
    """Half of what Redis publishes never arrives, at either process."""
    lost = stand.wire.lost
    stand.wire.loses = 0.5
    yield lambda: stand.wire.lost - lost
    stand.wire.loses = 0.0


def test_from_version_v_to_head_once_each_and_no_snapshot(stand, lossy):
    one, other = stand.platform(0), stand.platform(1)
    person, machine = one.person(), one.machine()
    session = person.session()
    path = f"/api/v1/sessions/{session['session_id']}/live"
    machine.boot()
    opened = machine.open(session["token"])
    assert machine.send().status_code == 200
    with person.follow(path) as live:
        seen = [heard(live, WAITS)]
        while seen[-1]["version"] < 3:
            item = machine.decide(opened)
            settled = machine.settle(item)
            assert machine.send([item, settled]).status_code == 200
            seen.append(heard(live, WAITS))
    version = seen[-1]["version"]
    away = deposit(machine, opened, 4)

    person.platform = other
    with person.follow(path, version) as live:
        missed = [heard(live, WAITS) for _ in range(2)]
        here = deposit(machine, opened, VISITS)
        rest = head(stand, f"session:{session['session_id']}", version)
        told = missed + [heard(live, WAITS) for _ in range(len(rest) - 2)]
    print(
        f"from version {version}: {len(told)} messages ({away} sent while nobody followed, {here} meanwhile), "
        f"{lossy()} lost on the way"
    )
    assert [message["version"] for message in told] == rest
    assert rest == list(range(version + 1, rest[-1] + 1))
    assert "snapshot" not in {message["type"] for message in told}
    assert lossy() > 0


def test_an_operator_who_comes_back_misses_nothing_of_the_fleet(stand, lossy):
    operator, machine = stand.platform(0).operator(), stand.platform(1).machine()
    token = stand.platform(1).person().session()["token"]
    with operator.follow(FLEET) as live:
        version = heard(live, WAITS)["version"]
    opened = machine.boot() and machine.open(token)
    assert machine.send().status_code == 200
    deposit(machine, opened, 4)
    operator.platform = stand.platform(1)
    with operator.follow(FLEET, version) as live:
        told = [heard(live, WAITS)]
        deposit(machine, opened, VISITS)
        while told[-1]["version"] < version + 2 * (4 + VISITS):
            told.append(heard(live, WAITS))
    versions = [message["version"] for message in told]
    expected = [
        publication
        for (publication,) in stand.rows(
            "SELECT publication FROM outbox WHERE publication > %s AND publication <= %s ORDER BY publication",
            version, versions[-1],
        )
    ]  # fmt: skip
    print(f"the fleet from {version}: {len(versions)} messages, {lossy()} lost on the way")
    assert versions == expected
    assert "snapshot" not in {message["type"] for message in told}
    assert lossy() > 0


def deposit(machine, opened, items):
    """So many items, each sent by itself; returns how many."""
    for _ in range(items):
        item = machine.decide(opened)
        assert machine.send([item, machine.settle(item)]).status_code == 200
    return items


def head(stand, aggregate, version):
    """The versions of a thing after one, as the database has them."""
    question = "SELECT version FROM outbox WHERE aggregate = %s AND version > %s ORDER BY version"
    return [each for (each,) in stand.rows(question, aggregate, version)]
