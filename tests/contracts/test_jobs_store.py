"""What every store promises of jobs, inside a unit of work: on SQLite, PostgreSQL and the one in memory."""

import pytest
from attrs import evolve

from application.ports.repositories import Organisation
from domain.jobs.job import Job, Queue, State, done, failed, taken
from tests.platform.conftest import empty_database, memory_store, sqlite_store, store  # noqa: F401 - fixtures

CONTRACT, ADAPTERS = "Jobs", "store"
HOUSE = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def begin(store):  # noqa: F811
    return founded(store)


def founded(store):  # noqa: F811
    """A store with an organisation in it."""
    with store() as work:
        work.organisations.add(Organisation(HOUSE, "House", 1))
        work.commit()
    return store


def job(n, about="", queue=Queue.FRAUD, **more):
    return Job(f"job {n}", HOUSE, queue, "look", {"n": n}, 10 + n, 10 + n, about, **more)


def did(begin, change):
    with begin() as work:
        change(work.jobs)
        work.commit()


def seen(begin, look):
    with begin(read_only=True) as work:
        return look(work.jobs)


def ready(begin, now=100, limit=9):
    return [each.data["n"] for each in seen(begin, lambda jobs: jobs.ready(now, limit))]


def test_what_was_added_is_there_as_it_was_and_once(begin):
    did(begin, lambda jobs: jobs.add([job(1, "session:1"), job(2)]))
    did(begin, lambda jobs: jobs.add([evolve(job(1), kind="another"), job(3)]))
    assert seen(begin, lambda jobs: [jobs.get(f"job {n}") for n in (1, 2, 3, 4)]) == [
        job(1, "session:1"), job(2), job(3), None,
    ]  # fmt: skip
    assert ready(begin) == [1, 2, 3]
    assert seen(begin, lambda jobs: dict(jobs.counted())) == {(Queue.FRAUD, State.WAITING): 3}


def test_what_was_not_committed_is_not_there(begin):
    with begin() as work:
        work.jobs.add([job(1)])
        assert work.jobs.locked("job 1") == job(1)
    assert ready(begin) == []
    did(begin, lambda jobs: jobs.add([job(1)]))
    with begin() as work:
        work.jobs.keep(taken(job(1), 20, 50))
    assert seen(begin, lambda jobs: jobs.get("job 1")) == job(1)


def test_jobs_are_ready_when_they_are_due_or_left_by_their_holder_the_oldest_first(begin):
    did(begin, lambda jobs: jobs.add([job(n) for n in range(1, 6)]))
    did(begin, lambda jobs: jobs.keep(taken(job(1), 20, 50)))
    assert (ready(begin, now=13), ready(begin, now=69), ready(begin, now=70)) == ([2, 3], [2, 3, 4, 5], [1, 2, 3, 4, 5])
    assert ready(begin, limit=2) == [1, 2]


def test_about_one_thing_in_one_queue_only_the_oldest_is_ready(begin):
    about = [job(1, "s:1"), job(2, "s:1"), job(3, "s:1", Queue.IMAGES), job(4, "s:2"), job(5), job(6)]
    did(begin, lambda jobs: jobs.add(about))
    assert ready(begin) == [1, 3, 4, 5, 6]
    assert seen(begin, lambda jobs: [jobs.goes_first(each) for each in about]) == [True, False, True, True, True, True]
    did(begin, lambda jobs: jobs.keep(done(taken(about[0], 20, 50), 30)))
    assert ready(begin) == [2, 3, 4, 5, 6]


def test_what_is_kept_replaces_what_was(begin):
    did(begin, lambda jobs: jobs.add([job(1)]))
    over = done(taken(job(1), 20, 50), 40)
    for each in (taken(job(1), 20, 50), failed(taken(job(1), 20, 50), "no", 30, 0.5), over):
        did(begin, lambda jobs, each=each: jobs.keep(each))
        assert seen(begin, lambda jobs: jobs.get("job 1")) == each
    assert ready(begin, now=10**9) == []
    assert seen(begin, lambda jobs: dict(jobs.counted())) == {(Queue.FRAUD, State.DONE): 1}


def test_dead_jobs_are_an_organisations_the_latest_first(begin):
    dead = [evolve(job(n), state=State.DEAD, ended_at=50 - n, why="no") for n in range(1, 4)]
    did(begin, lambda jobs: jobs.add([*dead, job(4)]))
    assert seen(begin, lambda jobs: list(jobs.dead(HOUSE, 2))) == dead[:2]
    assert seen(begin, lambda jobs: list(jobs.dead("elsewhere", 9))) == []


def test_what_was_done_long_ago_is_dropped_and_nothing_else(begin):
    old, new = done(taken(job(1), 20, 50), 30), done(taken(job(2), 20, 50), 40)
    dead = evolve(job(3), state=State.DEAD, ended_at=1)
    did(begin, lambda jobs: jobs.add([old, new, dead, job(4)]))
    did(begin, lambda jobs: jobs.drop_done(40))
    assert seen(begin, lambda jobs: [jobs.get(f"job {n}") for n in range(1, 5)]) == [None, new, dead, job(4)]
