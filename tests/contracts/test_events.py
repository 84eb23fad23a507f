"""What publishing promises, on every adapter, and the relay that calls it. Three broken adapters are found out."""

import itertools
import threading
from contextlib import contextmanager

import pytest

from adapters.events.in_process import LONGEST_QUEUE, InProcessEvents
from adapters.events.redis_events import RedisEvents
from application.platform.relay_outbox import RelayOutbox
from application.ports.events import Lagging, Missed
from application.ports.outbox import Announcement, Event
from application.ports.repositories import Organisation
from entrypoints.redis_client import open_redis
from tests.contracts.broken_events import BROKEN
from tests.platform.conftest import empty_database, memory_store, sqlite_store, store  # noqa: F401 - fixtures
from tests.platform.world import TestClock

HOUSE = "00000000-0000-7000-8000-000000000001"
WITHIN = 10
"""Seconds for an event to come."""
LAST = 1_000_000
"""The event that is published to see that nothing came before it."""
_senders = itertools.count(1)


def event(number, aggregate="machine:1"):
    return Event(
        number, HOUSE, aggregate, number, "test", {"number": number, "ö": [None, True, 1.5]}, 1_700_000_000_000_000
    )


def everything(_):
    return True


# --------------------------------------------------------------- the promises


def everybody_gets_what_they_want_once_and_in_order(publishing, listening):
    every, one = listening.subscribe(everything), listening.subscribe(lambda each: each.aggregate == "session:1")
    sent = [event(number, f"{'session' if number % 3 else 'machine'}:1") for number in range(1, 40)]
    for each in [*sent, event(LAST, "session:1")]:
        publishing.publish(each)
    assert came(every) == sent
    assert came(one) == [each for each in sent if each.aggregate == "session:1"]


def nothing_comes_before_the_start_or_after_the_end(publishing, listening):
    early = listening.subscribe(everything)
    publishing.publish(event(1))
    assert early.next(WITHIN) == event(1)
    late = listening.subscribe(everything)
    early.close()
    publishing.publish(event(2))
    publishing.publish(event(LAST))
    assert came(late) == [event(2)]
    assert early.next(0) is None


def a_slow_subscriber_is_told_and_holds_up_nobody(publishing, listening):
    slow, quick = listening.subscribe(everything), listening.subscribe(everything)
    for number in range(1, LONGEST_QUEUE + 3):
        publishing.publish(event(number))
        assert quick.next(WITHIN) == event(number)
    with pytest.raises(Lagging):
        slow.next(0)
    publishing.publish(event(LAST))
    assert slow.next(WITHIN) == event(LAST)


def publishing_wakes_whoever_waits(publishing, listening):
    rang = threading.Event()
    waiting = listening.subscribe(everything, notify=rang.set)
    got = []
    thread = threading.Thread(target=lambda: got.append(waiting.next(20)))
    thread.start()
    publishing.publish(event(1))
    thread.join(timeout=20)
    assert rang.wait(WITHIN)
    assert got == [event(1)]


PROMISES = (
    everybody_gets_what_they_want_once_and_in_order,
    nothing_comes_before_the_start_or_after_the_end,
    a_slow_subscriber_is_told_and_holds_up_nobody,
    publishing_wakes_whoever_waits,
)


def came(subscription):
    """What comes before the last one. Whoever is told `Missed` here was told so for nothing."""
    got = []
    while (one := subscription.next(WITHIN)) is not None and one.id != LAST:
        got.append(one)
    return got


# --------------------------------------------------------------- the adapters


@contextmanager
def in_process(_):
    events = InProcessEvents()
    yield events, events


@contextmanager
def redis_same_process(request):
    with heard_over_redis(request) as events:
        yield events, events


@contextmanager
def redis_another_process(request):
    with heard_over_redis(request) as publishing, heard_over_redis(request) as listening:
        yield publishing, listening


@contextmanager
def heard_over_redis(request):
    server, prefix = request.getfixturevalue("redis_server"), request.getfixturevalue("redis_prefix")
    events = RedisEvents(open_redis(server.url), f"process-{next(_senders)}", f"{prefix}:events")
    events.start()
    assert events.await_listening(WITHIN)
    yield events
    events.close()


ADAPTERS = (in_process, redis_same_process, redis_another_process)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.__name__)
def test_every_adapter_keeps_every_promise(request, adapter, told):
    for promise in PROMISES:
        with adapter(request) as (publishing, listening):
            promise(publishing, listening)
    told("Events", adapter.__name__, len(PROMISES))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_adapter_is_found_out(broken, monkeypatch, told):
    monkeypatch.setitem(globals(), "WITHIN", 0.1)  # what it loses never comes
    caught = []
    for promise in PROMISES:
        events = broken()
        try:
            promise(events, events)
        except (AssertionError, pytest.fail.Exception):
            caught.append(promise.__name__)
    told("Events", broken.__name__, len(PROMISES), len(caught))
    assert everybody_gets_what_they_want_once_and_in_order.__name__ in caught


def test_who_may_have_missed_something_is_told_once():
    events = InProcessEvents()
    rang = threading.Event()
    subscription = events.subscribe(everything, notify=rang.set)
    events.interrupt()
    assert rang.is_set()
    with pytest.raises(Missed):
        subscription.next(0)
    events.publish(event(1))
    assert subscription.next(0) == event(1)


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
