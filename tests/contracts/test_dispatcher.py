"""What handing jobs over promises while nothing goes wrong, on every adapter. Three broken adapters are found out.

What goes wrong is not its business: jobs stand in the store and are sent again (tests/platform/test_jobs.py).
"""

import threading
import time
from contextlib import contextmanager

import pytest

from adapters.jobs.dramatiq_jobs import DramatiqDispatcher, DramatiqWorker
from adapters.jobs.in_process import InProcessDispatcher
from domain.jobs.job import Job, Queue
from entrypoints.parts.redis import RedisServer
from entrypoints.redis_client import open_redis
from tests.contracts.broken_dispatchers import BROKEN

WITHIN = 15.0
"""Seconds for a job to be run."""


class Runner:
    """Runs jobs: writes their ids down, and does what a test wants of some."""

    def __init__(self):
        self.ran, self.begun = [], []
        self.special = {}
        self._changed = threading.Condition()

    def __call__(self, id):
        self.begun.append(id)
        self.special.get(id, lambda: None)()
        with self._changed:
            self.ran.append(id)
            self._changed.notify_all()

    def has_run(self, *ids):
        with self._changed:
            return self._changed.wait_for(lambda: set(ids) <= set(self.ran), WITHIN)


def job(id, queue=Queue.UPKEEP):
    return Job(id, "house", queue, "look", {}, 0, 0)


def what_is_sent_is_run_once_whatever_the_queue(dispatcher, runner, close):
    ids = [f"job {n}" for n in range(40)]
    for n, name in enumerate(ids):
        dispatcher.send(job(name, list(Queue)[n % len(Queue)]))
    assert runner.has_run(*ids)
    close()
    assert sorted(runner.ran) == sorted(ids)


def a_job_that_goes_wrong_stops_no_other(dispatcher, runner, close):
    def wrong():
        raise ValueError("no")

    runner.special = {f"wrong {n}": wrong for n in range(20)}
    for n in range(20):
        dispatcher.send(job(f"wrong {n}"))
        dispatcher.send(job(f"right {n}"))
    assert runner.has_run(*(f"right {n}" for n in range(20)))
    close()


def what_runs_is_finished_before_the_end(dispatcher, runner, close):
    running, closing, may_end = threading.Event(), threading.Event(), threading.Event()

    def long():
        running.set()
        may_end.wait(WITHIN)

    runner.special = {"long": long}
    dispatcher.send(job("long"))
    assert running.wait(WITHIN)

    def end():
        closing.set()
        close()

    ending = threading.Thread(target=end)
    ending.start()
    assert closing.wait(WITHIN)
    ending.join(0.3)
    assert ending.is_alive(), "it waits for what runs"
    may_end.set()
    ending.join(WITHIN)
    assert runner.ran == ["long"]


PROMISES = (
    what_is_sent_is_run_once_whatever_the_queue,
    a_job_that_goes_wrong_stops_no_other,
    what_runs_is_finished_before_the_end,
)


@contextmanager
def in_process(request, runner):
    dispatcher = InProcessDispatcher(runner)
    dispatcher.start()
    yield dispatcher, dispatcher.close
    dispatcher.close()


@contextmanager
def dramatiq(request, runner):
    url = request.getfixturevalue("redis_server").url
    namespace = f"{request.getfixturevalue('redis_prefix')}-{time.monotonic_ns()}"
    dispatcher = DramatiqDispatcher(open_redis(url), namespace)
    worker = DramatiqWorker(open_redis(url), namespace, runner, set(Queue), threads=2)
    worker.start()
    ended = []

    def close():
        if not ended:
            ended.append(True)
            worker.stop()

    yield dispatcher, close
    close()


@pytest.mark.parametrize(
    "adapter",
    [in_process, pytest.param(dramatiq, marks=pytest.mark.slow)],
    ids=lambda adapter: getattr(adapter, "__name__", None),
)
def test_every_adapter_keeps_every_promise(request, adapter, told):
    for promise in PROMISES:
        runner = Runner()
        with adapter(request, runner) as (dispatcher, close):
            promise(dispatcher, runner, close)
    told("Dispatcher", adapter.__name__, len(PROMISES))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_adapter_is_found_out(broken, monkeypatch, told):
    monkeypatch.setitem(globals(), "WITHIN", 0.5)  # what it loses never runs
    caught = []
    for promise in PROMISES:
        runner = Runner()
        dispatcher = broken(runner)
        dispatcher.start()
        try:
            promise(dispatcher, runner, dispatcher.close)
        except AssertionError:
            caught.append(promise.__name__)
        finally:
            InProcessDispatcher.close(dispatcher)
    told("Dispatcher", broken.__name__, len(PROMISES), len(caught))
    assert caught


def test_a_redis_that_stands_still_is_waited_for_once():
    with RedisServer() as server:
        dispatcher = DramatiqDispatcher(open_redis(server.url), "nowhere")
        server.suspend()
        start = time.monotonic()
        for n in range(100):
            dispatcher.send(job(f"{n}"))
        took = time.monotonic() - start
        server.resume()
    print(f"100 jobs took {took:.2f} s")
    assert took < 2


def test_a_dispatcher_that_was_ended_begins_again():
    runner = Runner()
    dispatcher = InProcessDispatcher(runner)
    for name in ("one", "two"):
        dispatcher.start()
        dispatcher.send(job(name))
        assert runner.has_run(name)
        dispatcher.close()
