"""Several write and several relay on PostgreSQL: who follows by publication number misses nothing.

Ids are given when a row is inserted and seen when it is committed, so a smaller one may come later.
"""

import threading

import pytest

from adapters.events.in_process import InProcessEvents
from application.platform.follow import FollowFleet
from application.platform.relay_outbox import RelayOutbox
from application.ports.outbox import Announcement
from application.ports.repositories import Organisation
from tests.platform.world import TestClock

HOUSE = "00000000-0000-7000-8000-000000000001"
WRITERS, EACH, RELAYS = 4, 25, 2
WITHIN = 60.0


@pytest.fixture
def store(postgres_store):
    with postgres_store() as work:
        work.organisations.add(Organisation(HOUSE, "House", 1))
        work.commit()
    return postgres_store


def told(text, aggregate):
    return Announcement(HOUSE, aggregate, "test.told", {"text": text}, 7)


def relay_of(store):
    return RelayOutbox(store, InProcessEvents(), TestClock())


def test_a_smaller_id_that_is_committed_later_is_not_missed(store):
    relay, follow = relay_of(store), FollowFleet(store)
    with store() as slow:
        slow.outbox.add([told("began first", "machine:1")])
        with store() as quick:
            quick.outbox.add([told("began second", "machine:2")])
            quick.commit()
        assert relay() == 1
        seen = follow(HOUSE, 0)
        slow.commit()
    assert relay() == 1
    late = follow(HOUSE, seen[-1].version)
    assert [(each.version, each.data["text"]) for each in [*seen, *late]] == [(1, "began second"), (2, "began first")]
    with store(read_only=True) as work:
        ids = [event.id for event in work.outbox.feed(HOUSE, 0, 9)]
    assert ids == sorted(ids, reverse=True), "the smaller id came later, or this shows nothing"


def test_a_number_is_not_seen_before_all_smaller_ones(store):
    """One relay has numbered and not committed; another one waits rather than numbering past it."""
    with store() as work:
        work.outbox.add([told(str(number), f"machine:{number}") for number in range(4)])
        work.commit()
    second = threading.Thread(target=relay_of(store), args=(4,))
    with store() as first:
        assert [event.publication for event in first.outbox.number(2)] == [1, 2]
        second.start()
        with store(read_only=True) as work:
            assert work.outbox.feed(HOUSE, 0, 9) == []
        first.commit()
    second.join(WITHIN)
    assert [each.version for each in FollowFleet(store)(HOUSE, 0)] == [1, 2, 3, 4]


def test_many_writers_and_two_relays_and_a_follower_that_always_comes_back(store):
    over = threading.Event()

    def write(writer):
        for number in range(EACH):
            with store() as work:
                work.outbox.add([told(f"{writer} {number}", f"machine:{(writer + number) % 3}")])
                work.commit()

    def relay():
        once = relay_of(store)
        while once(7) or not over.is_set():
            pass

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    relays = [threading.Thread(target=relay) for _ in range(RELAYS)]
    for thread in [*writers, *relays]:
        thread.start()
    follow, seen = FollowFleet(store), []
    while any(thread.is_alive() for thread in writers):
        seen += follow(HOUSE, seen[-1].version if seen else 0)
    over.set()
    for thread in [*writers, *relays]:
        thread.join(WITHIN)
    seen += follow(HOUSE, seen[-1].version if seen else 0)
    assert [each.version for each in seen] == list(range(1, WRITERS * EACH + 1))
    assert {each.data["text"] for each in seen} == {f"{a} {b}" for a in range(WRITERS) for b in range(EACH)}
    with store(read_only=True) as work:
        assert work.outbox.waiting() == 0
        rows = work.outbox.feed(HOUSE, 0, 999)
    by_aggregate = {row.aggregate: [] for row in rows}
    for row in rows:
        by_aggregate[row.aggregate].append(row.version)
    assert all(versions == sorted(versions) for versions in by_aggregate.values()), "in order for each thing"
    late = sum(row.id < before.id for before, row in zip(rows, rows[1:]))  # noqa: B905, RUF007 - newer than our Python
    print(f"{len(rows)} events, {late} with a smaller id than the one before")
