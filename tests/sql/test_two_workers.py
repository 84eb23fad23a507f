"""The whole platform on PostgreSQL, by its setting alone: two workers, one database, and no SQLite file anywhere."""

import threading
from contextlib import contextmanager

import pytest

from application.ports.clock import Clock
from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.platform import serving
from entrypoints.prove import proof_of
from tests.api.callers import Platform, heard
from tests.api.conformity import Conformity
from tests.api.conftest import quick_settings


@pytest.fixture
def workers(tmp_path, empty_postgres_url):
    """Two workers that start at the same moment on a database without tables."""
    settings = quick_settings(tmp_path, database_url=empty_postgres_url)
    built = []
    starting = [threading.Thread(target=lambda: built.append(build_platform(settings))) for _ in range(2)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join(timeout=60)
    assert len(built) == 2
    with worker(built[0], tmp_path) as one, worker(built[1], tmp_path) as two:
        one.publish_prices()
        yield one, two


@contextmanager
def worker(container, data):
    app = create_app(container)
    with serving(container, app) as url:
        clock = container.resolve(Clock)
        yield Platform(url=url, data=data, container=container, app=app, clock=clock, conformity=Conformity(app))
    close_platform(container)


def test_what_one_worker_is_told_the_other_one_knows(workers, tmp_path, empty_postgres_url):
    one, two = workers
    person, machine = one.person(), two.machine()
    opened = person.session()
    machine.visit(opened["token"], items=3)
    assert machine.send().status_code == 200
    for worker in workers:
        balance = worker.client(Authorization=f"Bearer {person.access_token}").get("/api/v1/balance").json()
        assert balance["points"] == 30
    again = one.client(Authorization=f"Bearer {machine.api_key}")
    assert again.post(f"/api/v1/machines/{machine.id}/entries", json=machine.batch(machine.entries)).status_code == 200
    with person.follow(f"/api/v1/sessions/{opened['session_id']}/live") as socket:
        state = heard(socket)
    assert [item["verdict"] for item in state["data"]["items"]] == ["credited"] * 3
    proof = proof_of(tmp_path, database_url=empty_postgres_url)
    assert (proof.findings, proof.points) == ((), 30)
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".db"] == []
