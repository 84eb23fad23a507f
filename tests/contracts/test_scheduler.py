"""The contract of the Scheduler, in real time and in virtual time."""

import threading
import time

import pytest
import simpy

from adapters.scheduling.real_time import MOST_ASIDE, Overloaded, RealTimeScheduler
from simulators.scheduling import Cost, VirtualScheduler

CONTRACT, ADAPTERS = "Scheduler", "world"
MILLISECOND = 1_000
PATIENCE_S = 20


class RealTime:
    """Runs until the test says that it is done."""

    def __init__(self):
        self.scheduler = RealTimeScheduler()

    def run(self):
        guard = threading.Timer(PATIENCE_S, self.scheduler.stop)
        guard.start()
        self.scheduler.run()
        assert guard.is_alive(), "the test never said that it was done"
        guard.cancel()

    def done(self):
        self.scheduler.stop()

    def now(self):
        return time.monotonic() * 1_000_000


class VirtualTime:
    def __init__(self):
        self.env = simpy.Environment()
        self.scheduler = VirtualScheduler(self.env, {"quick": Cost(1), "slow": Cost(20 * MILLISECOND)})

    def run(self):
        self.env.run(until=self.env.now + PATIENCE_S * 1_000_000)

    def done(self):
        self.scheduler.pull_the_plug()

    def now(self):
        return self.env.now


@pytest.fixture(params=[RealTime, VirtualTime])
def world(request):
    return request.param()


def test_calls_come_in_the_order_they_were_asked_for(world):
    heard = []
    for number in range(100):
        world.scheduler.soon(lambda number=number: heard.append(number))
    world.scheduler.soon(world.done)
    world.run()
    assert heard == list(range(100))


def test_timers_fire_in_the_order_they_are_due_and_not_before(world):
    heard, start = [], world.now()
    for delay in (30, 10, 20):
        world.scheduler.after(delay * MILLISECOND, lambda delay=delay: heard.append((delay, world.now() - start)))
    world.scheduler.after(40 * MILLISECOND, world.done)
    world.run()
    assert [delay for delay, _ in heard] == [10, 20, 30]
    assert all(passed >= delay * MILLISECOND for delay, passed in heard)


def test_work_aside_brings_back_its_result(world):
    heard = []

    def done(result):
        heard.append(result)
        world.done()

    world.scheduler.aside(lambda: 6 * 7, done, cost="quick")
    world.run()
    assert heard == [42]


def test_work_aside_brings_back_what_it_raised(world):
    heard = []

    def work():
        raise ValueError("no")

    def done(result):
        heard.append(result)
        world.done()

    world.scheduler.aside(work, done, cost="quick")
    world.run()
    assert isinstance(heard[0], ValueError)


def test_everything_comes_back_to_one_thread(world):
    threads = []

    def note(*_):
        threads.append(threading.get_ident())
        if len(threads) == 3:
            world.done()

    world.scheduler.soon(note)
    world.scheduler.after(MILLISECOND, note)
    world.scheduler.aside(lambda: None, note, cost="quick")
    world.run()
    assert set(threads) == {threading.get_ident()}


def test_slow_work_holds_nobody_up(world):
    heard = []
    gate = threading.Event()

    def work():
        if isinstance(world, RealTime):
            gate.wait(PATIENCE_S)

    def done(_):
        heard.append("slow")
        world.done()

    def meanwhile():
        heard.append("meanwhile")
        gate.set()

    world.scheduler.aside(work, done, cost="slow")
    world.scheduler.after(MILLISECOND, meanwhile)
    world.run()
    assert heard == ["meanwhile", "slow"]


def test_after_the_end_nothing_is_called(world):
    heard = []
    world.scheduler.soon(world.done)
    world.scheduler.after(PATIENCE_S * 500 * MILLISECOND, lambda: heard.append("late"))
    world.run()
    world.scheduler.aside(lambda: heard.append("work"), heard.append, cost="quick")
    world.scheduler.soon(lambda: heard.append("soon"))
    world.run()
    assert heard == []


def test_what_a_call_raises_ends_real_time_and_is_not_swallowed():
    scheduler = RealTimeScheduler()

    def broken():
        raise RuntimeError("a mistake in the tables")

    scheduler.soon(broken)
    with pytest.raises(RuntimeError, match="a mistake in the tables"):
        scheduler.run()


def test_a_machine_that_cannot_keep_up_says_so():
    scheduler, gate, heard = RealTimeScheduler(), threading.Event(), []

    def done(result):
        heard.append(result)
        gate.set()
        if len(heard) == MOST_ASIDE + 1:
            scheduler.stop()

    for _ in range(MOST_ASIDE + 1):
        scheduler.aside(lambda: gate.wait(PATIENCE_S), done, cost="journal")
    scheduler.run()
    assert isinstance(heard[0], Overloaded)
    assert heard[1:] == [True] * MOST_ASIDE


def test_a_call_from_another_thread_wakes_the_deciding_one():
    scheduler = RealTimeScheduler()
    caller = threading.Thread(target=lambda: scheduler.soon(scheduler.stop))
    scheduler.soon(caller.start)
    scheduler.run()
    caller.join(PATIENCE_S)
    assert not caller.is_alive()
