"""Jobs: done at least once, never by two at a time, later and later when they fail, and never lost."""

import random
from contextlib import contextmanager

import pytest
from attrs import evolve

from application.platform.dead_jobs import ReadDeadJobs, ReplayDeadJob, UnknownJob
from application.platform.dispatch_jobs import PATIENCE, DispatchJobs
from application.platform.plan_jobs import KEPT, PlanJobs, Routes, Timetable, named
from application.platform.relay_outbox import RelayOutbox
from application.platform.run_job import Kind, Kinds, Ran, RunJob
from application.ports.outbox import Announcement
from application.ports.repositories import Organisation
from application.ports.unit_of_work import StoreError
from domain.jobs.job import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    SECONDS,
    Job,
    NotDead,
    Queue,
    State,
    failed,
    replayed,
    taken,
)
from tests.platform.world import Counting, TestClock

HOUSE = "00000000-0000-7000-8000-000000000001"
MINUTE = 60 * SECONDS


class Work:
    """What a kind of job does here: it is written down, or it goes wrong."""

    def __init__(self):
        self.done = []
        self.wrong = None
        self.during = lambda: None

    def __call__(self, job):
        self.during()
        if self.wrong:
            raise self.wrong
        self.done.append(job.data.get("n", job.id))


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def clock():
    return TestClock()


@pytest.fixture
def kinds(work):
    return Kinds.of(Kind("look", Queue.FRAUD, work, lease=MINUTE))


@pytest.fixture
def house(store):
    with store() as each:
        each.organisations.add(Organisation(HOUSE, "House", 1))
        each.commit()
    return store


@pytest.fixture
def run(house, clock, kinds):
    return RunJob(house, clock, Counting(), kinds)


def job(n, clock, about=""):
    return Job(named(f"job {n}"), HOUSE, Queue.FRAUD, "look", {"n": n}, clock.wall, clock.wall, about)


def added(store, *jobs):
    with store() as each:
        each.jobs.add(jobs)
        each.commit()
    return [one.id for one in jobs]


def kept(store, which):
    with store(read_only=True) as each:
        return each.jobs.get(which)


def ready(store, clock):
    with store(read_only=True) as each:
        return [one.data["n"] for one in each.jobs.ready(clock.wall, 100)]


def test_a_job_is_done_once_however_often_it_is_sent(house, clock, run, work):
    (which,) = added(house, job(1, clock))
    assert [run(which), run(which), run("no such job")] == [Ran.DONE, Ran.NOT_READY, Ran.NOT_READY]
    assert work.done == [1]
    assert (kept(house, which).state, kept(house, which).ended_at) == (State.DONE, clock.wall)


def test_two_never_have_it_at_once(house, clock, run, work):
    (which,) = added(house, job(1, clock))
    seen = []
    work.during = lambda: seen.append(run(which))
    assert run(which) is Ran.DONE
    assert seen == [Ran.NOT_READY]


def test_a_job_whose_runner_died_is_done_by_another_after_its_lease(house, clock, run, work):
    (which,) = added(house, job(1, clock))
    work.wrong = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run(which)
    work.wrong = None
    clock.advance(MINUTE - 1)
    assert (ready(house, clock), run(which)) == ([], Ran.NOT_READY)
    clock.advance(1)
    assert (ready(house, clock), run(which)) == ([1], Ran.DONE)


def test_who_comes_back_too_late_changes_nothing(house, clock, run, work):
    (which,) = added(house, job(1, clock))
    others = []

    def overtaken():
        work.during = lambda: None
        clock.advance(MINUTE)
        others.append(run(which))

    work.during = overtaken
    assert run(which) is Ran.LOST
    assert others == [Ran.DONE]
    assert kept(house, which).attempts == 2


class ByHand:
    """A pacemaker that beats when the test says so."""

    def __init__(self):
        self.pause, self.beat = None, None

    @contextmanager
    def during(self, pause, beat):
        self.pause, self.beat = pause, beat
        yield


def test_a_job_that_takes_longer_than_its_lease_is_held_on_to(house, clock, kinds, run, work):
    (which,) = added(house, job(1, clock))
    pacemaker, others = ByHand(), []
    patient = RunJob(house, clock, Counting(), kinds, pacemaker)

    def long():
        for _ in range(10):
            clock.advance(pacemaker.pause)
            pacemaker.beat()
            others.append(run(which))

    work.during = long
    assert patient(which) is Ran.DONE
    assert 10 * pacemaker.pause > 3 * MINUTE
    assert others == [Ran.NOT_READY] * 10
    assert kept(house, which).attempts == 1
    pacemaker.beat()
    assert kept(house, which).state is State.DONE, "a beat that comes too late changes nothing"


def test_what_a_process_that_ends_still_runs_is_taken_by_another_at_once(house, clock, kinds, work):
    (which,) = added(house, job(1, clock))
    ending, other = (RunJob(house, clock, Counting(), kinds, ByHand()) for _ in range(2))
    others = []

    def cut_short():
        work.during = lambda: None
        ending.let_go()
        others.append(other(which))

    work.during = cut_short
    assert ending(which) is Ran.LOST
    assert others == [Ran.DONE]
    ending.let_go()
    assert kept(house, which).state is State.DONE, "nothing is held any more"


def test_what_fails_waits_longer_each_time_and_is_dead_at_last(house, clock, run, work):
    (which,) = added(house, job(1, clock))
    work.wrong = ValueError("the printer is on fire")
    pauses = []
    for _ in range(MOST_ATTEMPTS - 1):
        assert run(which) is Ran.FAILED
        pauses.append(kept(house, which).due_at - clock.wall)
        assert run(which) is Ran.NOT_READY
        clock.advance(pauses[-1])
    assert run(which) is Ran.FAILED
    assert pauses == sorted(pauses)
    assert FIRST_PAUSE / 2 <= pauses[0] <= FIRST_PAUSE
    dead = ReadDeadJobs(house)(HOUSE, 10)
    assert [(one.id, one.state, one.attempts) for one in dead] == [(which, State.DEAD, MOST_ATTEMPTS)]
    assert "the printer is on fire" in dead[0].why
    clock.advance(365 * 86_400 * SECONDS)
    assert (run(which), work.done) == (Ran.NOT_READY, [])


def test_a_job_that_kills_whoever_runs_it_is_dead_at_last(house, clock, run, work):
    (which,) = added(house, job(1, clock))
    work.wrong = KeyboardInterrupt()
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            run(which)
        clock.advance(MINUTE)
    assert run(which) is Ran.NOT_READY
    assert kept(house, which).state is State.DEAD


def test_a_store_that_is_away_is_no_fault_of_the_job(house, clock, run, work):
    (which,) = added(house, job(1, clock))
    work.wrong = StoreError("away")
    with pytest.raises(StoreError):
        run(which)
    work.wrong = None
    clock.advance(MINUTE)
    assert run(which) is Ran.DONE


def test_a_kind_that_nobody_knows_fails_by_name(house, clock, run):
    (which,) = added(house, evolve(job(1, clock), kind="unheard-of"))
    assert run(which) is Ran.FAILED
    assert "unheard-of" in kept(house, which).why


def test_an_operator_has_a_dead_job_done_again_and_no_other(house, clock, run, work):
    dead, alive = added(house, job(1, clock), job(2, clock))
    replay = ReplayDeadJob(house, clock)
    work.wrong = ValueError("no")
    while run(dead) is not Ran.NOT_READY or kept(house, dead).state is not State.DEAD:
        clock.advance(LONGEST_PAUSE)
    work.wrong = None
    with pytest.raises(NotDead):
        replay(HOUSE, alive)
    for stranger, which in (("another house", dead), (HOUSE, "no such job")):
        with pytest.raises(UnknownJob):
            replay(stranger, which)
    assert ReadDeadJobs(house)("another house", 10) == []
    assert replay(HOUSE, dead).state is State.WAITING
    assert (run(dead), work.done, ReadDeadJobs(house)(HOUSE, 10)) == (Ran.DONE, [1], [])


def test_jobs_about_one_thing_go_one_after_the_other(house, clock, run, work):
    first, second, other = added(
        house, job(1, clock, "session:1"), job(2, clock, "session:1"), job(3, clock, "session:2")
    )
    assert ready(house, clock) == [1, 3]
    assert run(second) is Ran.NOT_READY
    work.wrong = ValueError("no")
    run(first)
    work.wrong = None
    assert ready(house, clock) == [3], "the first one waits, and the second behind it"
    assert run(other) is Ran.DONE
    clock.advance(FIRST_PAUSE)
    assert [run(first), run(second)] == [Ran.DONE] * 2
    assert work.done == [3, 1, 2]


def test_a_dead_job_holds_nobody_up(house, clock, run, work):
    first, second = added(house, job(1, clock, "session:1"), job(2, clock, "session:1"))
    work.wrong = ValueError("no")
    while kept(house, first).state is not State.DEAD:
        run(first)
        clock.advance(LONGEST_PAUSE)
    work.wrong = None
    assert run(second) is Ran.DONE


# ------------------------------------------------------------ where they come from


def told(n):
    return Announcement(HOUSE, f"session:{n % 2}", "visit.closed" if n % 3 else "visit.opened", {"n": n}, 5)


class Deaf:
    def publish(self, event):
        pass


def test_events_cause_jobs_in_the_transaction_that_marks_them(house, clock, kinds, run, work):
    routes = Routes(kinds, {"visit.closed": ["look"]})
    with house() as each:
        each.outbox.add([told(n) for n in range(9)])
        each.commit()
    unmarked = RelayOutbox(house, Deaf(), Counting(), routes)
    with pytest.raises(AttributeError):  # this clock tells no time: it dies before it has marked anything
        unmarked()
    assert ready(house, clock) == []
    relay = RelayOutbox(house, Deaf(), clock, routes)
    assert relay() == 9
    done = []
    while jobs := _ready_jobs(house, clock):
        assert len({one.aggregate for one in jobs}) == len(jobs)
        for one in jobs:
            assert run(one.id) is Ran.DONE
            done.append(one.data["data"]["n"])
    assert sorted(done) == [1, 2, 4, 5, 7, 8]
    for rest in (0, 1):
        of_one = [n for n in done if n % 2 == rest]
        assert of_one == sorted(of_one), "in order for each thing"


def test_the_same_event_never_causes_a_job_twice(house, clock, kinds):
    routes = Routes(kinds, {"visit.closed": ["look"]})
    with house() as each:
        each.outbox.add([told(1)])
        each.commit()
    (event,) = _feed(house)
    added(house, *routes.jobs(event, clock.wall))
    assert RelayOutbox(house, Deaf(), clock, routes)() == 1
    assert len(_ready_jobs(house, clock)) == 1


def _feed(store):
    with store(read_only=True) as each:
        return each.outbox.unpublished(10)


def _ready_jobs(store, clock):
    with store(read_only=True) as each:
        return each.jobs.ready(clock.wall, 100)


def test_the_clock_causes_one_job_a_period_however_many_ask(house, clock, kinds, run):
    plans = [PlanJobs(house, clock, kinds, Timetable(HOUSE, {"look": MINUTE})) for _ in range(2)]
    clock.wall -= clock.wall % MINUTE
    for _ in range(3):
        for plan in plans:
            plan()
        clock.advance(MINUTE // 3)
    assert len(_ready_jobs(house, clock)) == 1
    plans[0]()
    with house(read_only=True) as each:
        assert each.jobs.counted() == {(Queue.FRAUD, State.WAITING): 2}
    while jobs := _ready_jobs(house, clock):
        assert run(jobs[0].id) is Ran.DONE
    clock.advance(KEPT + MINUTE)
    plans[1]()
    with house(read_only=True) as each:
        assert each.jobs.counted() == {(Queue.FRAUD, State.WAITING): 1}


# ------------------------------------------------------------------- sending


class Notebook:
    def __init__(self):
        self.sent = []

    def send(self, job):
        self.sent.append(job.data["n"])


def test_what_is_ready_is_sent_and_again_when_nobody_took_it(house, clock, run):
    notebook = Notebook()
    dispatch = DispatchJobs(house, clock, notebook)
    first, second = added(house, job(1, clock), evolve(job(2, clock), due_at=clock.wall + MINUTE))
    assert [dispatch(), dispatch(), notebook.sent] == [1, 0, [1]]
    clock.advance(PATIENCE)
    assert [dispatch(), notebook.sent] == [1, [1, 1]]
    run(first)
    clock.advance(MINUTE)
    assert [dispatch(), notebook.sent] == [1, [1, 1, 2]]
    run(second)
    clock.advance(MINUTE)
    assert dispatch() == 0


# ------------------------------------------------------------------- the rule


def test_a_pause_doubles_is_spread_and_has_an_end():
    chance = random.Random(20)
    for attempts in range(1, MOST_ATTEMPTS):
        one = Job("1", HOUSE, Queue.FRAUD, "look", {}, 0, 0, attempts=attempts)
        pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
        dues = [failed(one, "why", 100, chance.random()).due_at - 100 for _ in range(50)]
        assert all(pause // 2 <= due < pause for due in dues)
        assert len(set(dues)) > 40


def test_a_job_that_is_not_dead_is_not_replayed():
    one = taken(Job("1", HOUSE, Queue.FRAUD, "look", {}, 0, 0), 1, MINUTE)
    with pytest.raises(NotDead):
        replayed(one, 2)
