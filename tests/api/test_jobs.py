"""What an operator sees of jobs that failed for good, and does about it."""

import uuid

from application.ports.repositories import Organisation
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.jobs.job import MOST_ATTEMPTS, Job, Queue, State
from tests.api.test_people import problem


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
