"""What an operator sees of jobs that failed for good, and does about it."""

import uuid

import pytest

from application.platform.plan_jobs import PlanJobs, named
from application.ports.objects import NoSuchObject, Objects, ObjectsAway
from application.ports.repositories import Organisation
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.jobs.job import MOST_ATTEMPTS, Job, Queue, State
from domain.objects.content import Content
from domain.objects.name import Bucket, ObjectName
from entrypoints.container import EVERY
from tests.api.test_people import problem
from tests.objects.world import until


def dead_job(platform, house=None):
    now = platform.clock.now().wall
    job = Job(
        str(uuid.uuid4()), house or platform.container.resolve(Organisation).id, Queue.UPKEEP, "forget-answers", {},
        now, now, "clock:x", State.DEAD, MOST_ATTEMPTS, 0, now, "ValueError('the printer is on fire')",
    )  # fmt: skip
    with platform.container.resolve(UnitOfWorkFactory)() as work:
        if house is not None:
            work.organisations.add(Organisation(house, "Another", now))
        work.jobs.add([job])
        work.commit()
    return job


def test_an_operator_sees_what_failed_and_has_it_done_again(platform, operator):
    job = dead_job(platform)
    told = operator.get("/api/v1/jobs/dead").json()["jobs"]
    (seen,) = [one for one in told if one["job_id"] == job.id]
    assert (seen["queue"], seen["kind"], seen["state"], seen["why"]) == (
        "upkeep", "forget-answers", "dead", "ValueError('the printer is on fire')",
    )  # fmt: skip
    replayed = operator.post(f"/api/v1/jobs/{job.id}/replay")
    assert (replayed.status_code, replayed.json()["state"]) == (200, "waiting")
    again = operator.post(f"/api/v1/jobs/{job.id}/replay")
    assert (again.status_code, problem(again)) == (409, "job-not-dead")
    assert job.id not in [one["job_id"] for one in operator.get("/api/v1/jobs/dead").json()["jobs"]]


def test_nobody_sees_or_touches_another_organisations_jobs(platform, operator):
    job = dead_job(platform, house=str(uuid.uuid4()))
    assert job.id not in operator.get("/api/v1/jobs/dead").text
    assert problem(operator.post(f"/api/v1/jobs/{job.id}/replay")) == "not-found"


def this_hours(platform, kind):
    """The id of the job of this kind that comes with the clock."""
    return named(f"{kind} every {EVERY[kind]} at {platform.clock.now().wall // EVERY[kind]}")


def job_of(platform, id):
    with platform.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
        return work.jobs.get(id)


def test_what_comes_with_the_clock_is_done_by_jobs(platform):
    objects = platform.container.resolve(Objects)
    left = ObjectName(Bucket.IMAGES, "incoming/left")
    objects.put(left, Content.of(b"x", "image/jpeg"), b"x")
    with platform.clock.ahead(2 * 86_400):
        ids = [this_hours(platform, kind) for kind in EVERY]
        platform.container.resolve(PlanJobs)()
        until(lambda: all(job_of(platform, each).state is State.DONE for each in ids))
    with pytest.raises(NoSuchObject):
        objects.head(left)


def test_a_store_that_is_away_costs_the_job_nothing_but_time(platform, monkeypatch):
    def away(bucket):
        raise ObjectsAway("the store is away")

    with monkeypatch.context() as patch, platform.clock.ahead(4 * 86_400):
        patch.setattr(platform.container.resolve(Objects), "list", away)
        job = this_hours(platform, "expire-objects")
        platform.container.resolve(PlanJobs)()
        until(lambda: "the store is away" in (job_of(platform, job).why or ""))
    with platform.clock.ahead(5 * 86_400):
        until(lambda: job_of(platform, job).state is State.DONE)
    assert job_of(platform, job).attempts > 1
