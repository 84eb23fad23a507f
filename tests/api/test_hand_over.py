"""From what was missed to what comes live, without a hole and without a double, however the two interleave.

The follower's own code, over an event loop; the database, the fan-out and the socket are small and exact stand-ins
whose turns hypothesis chooses.
"""

import asyncio
import json
import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.events.in_process import InProcessEvents
from application.platform.follow import Message, by_version
from application.ports.outbox import Event
from entrypoints.api import live
from entrypoints.api.live import Closing, Feed, Live, follow
from entrypoints.api.metrics import Metrics


class Gone(Exception):
    pass


class Socket:
    """Takes what is sent; goes away when it has all it waits for."""

    def __init__(self, last, takes=asyncio.sleep):
        self.sent = []
        self._last = last
        self._takes = takes
        self._done = asyncio.Event()

    async def send_text(self, text):
        await self._takes(0)
        self.sent.append(json.loads(text)["version"])
        if self.sent[-1] >= self._last:
            self._done.set()

    async def receive(self):
        await self._done.wait()
        return {"type": "websocket.disconnect"}


def event(version):
    return Event(version, "o", "session:s", version, "item.decided", {}, 1)


class Store:
    """Committed events; publishing follows later, in any order, and perhaps twice."""

    def __init__(self, committed):
        self.committed = committed

    def begin(self, version):
        if version is None:
            return [Message(self.committed, "snapshot", {}, 1, "session:s")]
        return [by_version(event(each)) for each in range(version + 1, self.committed + 1)]


def feed(begin):
    return Feed("session", lambda _: True, by_version, begin)


@given(
    before=st.integers(0, 5), meanwhile=st.integers(0, 5), after=st.integers(1, 5),
    have=st.one_of(st.none(), st.integers(0, 5)), twice=st.booleans(), seed=st.integers(0, 2**32),
)  # fmt: skip
@pytest.mark.property
def test_each_version_comes_once_and_in_order(before, meanwhile, after, have, twice, seed):
    """`before` is committed at the start, `meanwhile` while the database is read, `after` later."""
    order = random.Random(seed)
    last = before + meanwhile + after
    have = None if have is None else min(have, before)
    store = Store(before)
    events, read = InProcessEvents(), threading.Event()

    def publish(versions):
        repeated = [*versions, *order.sample(versions, len(versions))] if twice else list(versions)
        for version in repeated:
            events.publish(event(version))

    def begin(version):
        answer = store.begin(version)
        if store.committed == before:  # the first reading: more is committed, and published, right behind its back
            store.committed += meanwhile
            publish(range(max(1, before - 1), store.committed + 1))
        read.set()
        return answer

    async def run():
        socket = Socket(last)
        following = asyncio.create_task(follow(socket, feed(begin), have, 1e12, Live(events, Metrics())))
        await asyncio.to_thread(read.wait, 10)
        late = list(range(before + meanwhile + 1, last + 1))
        order.shuffle(late)
        store.committed = last
        publish(late)
        await asyncio.wait_for(following, 10)
        return socket.sent

    sent = asyncio.run(run())
    first = before if have is None else have + 1
    assert sent == list(range(first, last + 1))


def test_who_does_not_keep_up_is_let_go_and_nothing_grows():
    events = InProcessEvents()

    async def run():
        stuck = asyncio.Event()

        async def takes(_):
            await stuck.wait()

        socket = Socket(10**9, takes)
        following = asyncio.create_task(follow(socket, feed(lambda _: []), 0, 1e12, Live(events, Metrics())))
        await asyncio.sleep(0.01)
        for version in range(1, 5_000):
            events.publish(event(version))
        await asyncio.sleep(0.01)
        stuck.set()
        with pytest.raises(Closing) as closing:
            await asyncio.wait_for(following, 10)
        return closing.value, socket.sent

    why, sent = asyncio.run(run())
    assert (why.code, why.kind.code) == (1013, "too-slow")
    assert sent in ([], [1])


def test_who_takes_nothing_at_all_is_let_go_in_time(monkeypatch):
    monkeypatch.setattr(live, "SEND_WITHIN", 0.05)

    async def run():
        async def takes(_):
            await asyncio.Event().wait()

        snapshot = [Message(1, "snapshot", {}, 1, "session:s")]
        with pytest.raises(Closing) as closing:
            await asyncio.wait_for(
                follow(Socket(1, takes), feed(lambda _: snapshot), None, 1e12, Live(InProcessEvents(), Metrics())), 10
            )
        return closing.value

    assert asyncio.run(run()).kind.code == "too-slow"


def test_a_subscription_ends_with_its_follower():
    events = InProcessEvents()

    def broken(_):
        raise Gone

    async def run():
        with pytest.raises(Gone):
            await follow(Socket(1), feed(broken), None, 1e12, Live(events, Metrics()))

    asyncio.run(run())
    assert not events._queues


def test_whoever_may_have_missed_something_reads_the_database():
    events, store = InProcessEvents(), Store(3)

    async def run():
        socket, begun = Socket(5), threading.Event()

        def begin(version):
            begun.set()
            return store.begin(version)

        following = asyncio.create_task(follow(socket, feed(begin), 2, 1e12, Live(events, Metrics())))
        await asyncio.to_thread(begun.wait, 10)
        store.committed = 5
        events.interrupt()
        await asyncio.wait_for(following, 10)
        return socket.sent

    assert asyncio.run(run()) == [3, 4, 5]
