"""What publishing promises, and the relay that calls it."""

import threading

import pytest

from adapters.events.in_process import InProcessEvents
from application.platform.relay_outbox import RelayOutbox
from application.ports.events import Lagging
from application.ports.outbox import Announcement, Event
from application.ports.repositories import Organisation
from tests.platform.conftest import empty_database, memory_store, sqlite_store, store  # noqa: F401 - fixtures
from tests.platform.world import TestClock

HOUSE = "00000000-0000-7000-8000-000000000001"


def event(number, aggregate="machine:1"):
    return Event(number, HOUSE, aggregate, number, "test", {"number": number}, 0)


def everything(_):
    return True


def test_everybody_gets_what_they_want_in_order():
    events = InProcessEvents()
    every, one = events.subscribe(everything), events.subscribe(lambda each: each.aggregate == "session:1")
    for number, aggregate in enumerate(["machine:1", "session:1", "machine:1"], start=1):
        events.publish(event(number, aggregate))
    assert [every.next(0).id for _ in range(3)] == [1, 2, 3]
    assert (every.next(0), one.next(0).id, one.next(0)) == (None, 2, None)


def test_nobody_gets_anything_after_the_end_or_before_the_start():
    events = InProcessEvents()
    early = events.subscribe(everything)
    events.publish(event(1))
    late = events.subscribe(everything)
    early.close()
    events.publish(event(2))
    assert (early.next(0).id, early.next(0)) == (1, None)
    assert (late.next(0).id, late.next(0)) == (2, None)


def test_a_slow_subscriber_is_told_and_holds_up_nobody():
    events = InProcessEvents(longest_queue=2)
    slow, quick = events.subscribe(everything), events.subscribe(everything)
    for number in range(1, 5):
        events.publish(event(number))
        assert quick.next(0).id == number
    with pytest.raises(Lagging):
        slow.next(0)
    events.publish(event(5))
    assert slow.next(0).id == 5


def test_publishing_wakes_whoever_waits():
    events = InProcessEvents()
    rang = threading.Event()
    waiting = events.subscribe(everything, notify=rang.set)
    got = []
    thread = threading.Thread(target=lambda: got.append(waiting.next(20)))
    thread.start()
    events.publish(event(1))
    thread.join(timeout=20)
    assert rang.is_set()
    assert got == [event(1)]


# ------------------------------------------------------------------ the relay


@pytest.fixture
def filled(store):  # noqa: F811
    with store() as work:
        work.organisations.add(Organisation(HOUSE, "House", 1))
        work.outbox.add([Announcement(HOUSE, f"machine:{n % 2}", "test", {"n": n}, 0) for n in range(5)])
        work.commit()
    return store


def drained(subscription):
    got = []
    while (one := subscription.next(0)) is not None:
        got.append((one.data["n"], one.version))
    return got


def test_what_was_committed_is_published_once_in_order(filled):
    events = InProcessEvents()
    subscription = events.subscribe(everything)
    relay = RelayOutbox(filled, events, TestClock())
    assert [relay(limit=2), relay(limit=2), relay(limit=2), relay()] == [2, 2, 1, 0]
    assert drained(subscription) == [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3)]


def test_what_was_not_committed_is_never_published(filled):
    events = InProcessEvents()
    RelayOutbox(filled, events, TestClock())()
    subscription = events.subscribe(everything)
    with filled() as work:
        work.outbox.add([Announcement(HOUSE, "machine:1", "test", {"n": 9}, 0)])
    assert RelayOutbox(filled, events, TestClock())() == 0
    assert drained(subscription) == []


def test_a_relay_that_died_before_marking_publishes_again(filled):
    class Dying(InProcessEvents):
        def publish(self, event):
            super().publish(event)
            if event.data["n"] == 3:
                raise KeyboardInterrupt

    events = Dying()
    subscription = events.subscribe(everything)
    with pytest.raises(KeyboardInterrupt):
        RelayOutbox(filled, events, TestClock())()
    assert [n for n, _ in drained(subscription)] == [0, 1, 2, 3]
    healthy = InProcessEvents()
    subscription = healthy.subscribe(everything)
    assert RelayOutbox(filled, healthy, TestClock())() == 5
    assert [n for n, _ in drained(subscription)] == [0, 1, 2, 3, 4]
