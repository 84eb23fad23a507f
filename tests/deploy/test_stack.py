"""The whole of deploy/compose.yaml behind Caddy: a deposit becomes points, a replica dies, releases come and go."""

import hashlib
import signal
import time

import pytest

from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import Counters, ItemDecided, Picture
from domain.deposits.recognition import Box, Mask, Material, Recognition
from tests.api.callers import Machine, heard
from tests.deploy.site import POINTS, order
from tests.deploy.stack import REPLICAS, SERVICES, until

# Nine processes start, on a machine that may be busy.
pytestmark = [pytest.mark.slow, pytest.mark.kill, pytest.mark.timeout(600), pytest.mark.xdist_group("stack")]
PICTURE = b"\xff\xd8 a picture of a bottle" * 100


def machine_at(site):
    told = order(site.operator, "/api/v1/machines", {"name": "Hall"})
    return Machine(site, told["machine_id"], told["api_key"], site.client(told["api_key"]))


def test_every_service_is_started(deployed):
    ours = {name.partition("-")[0] for name in deployed.stack.services}
    assert ours | {"postgres", "minio"} == set(SERVICES) - {"compute"}  # which test_compute starts
    ready = deployed.client().get("/health/ready").json()
    assert (ready["status"], set(ready["parts"])) == ("ready", {"store", "relay", "objects", "redis"})
    assert not (deployed.stack.folder / "keys" / "platform.db").exists(), "the database is PostgreSQL"
    assert not (deployed.stack.folder / "keys" / "objects").exists(), "objects are in the S3 server"


def test_a_deposit_becomes_points_there(deployed):
    token, machine = deployed.person(), machine_at(deployed)
    person = deployed.client(token)
    session = order(person, "/api/v1/sessions")
    with deployed.follow(session["session_id"], token) as live:
        assert heard(live)["type"] == "snapshot"
        machine.boot()
        visit = machine.open(session["token"])
        seen = Recognition(
            1, Material.GLASS, 990_000, 995_000, Box(1, 1, 9, 9), Material.GLASS, 900_000, Mask(9_000), "m"
        )
        picture = Picture(hashlib.sha256(PICTURE).hexdigest(), "0123456789abcdef")
        decision = Decision(accepted=True, reason=Reason.CONTAINER)
        item = machine.write(ItemDecided(visit.id, decision, seen, picture, None, Counters(0, 0)))
        machine.settle(item)
        machine.close(visit)
        machine.send().raise_for_status()
        told = [heard(live, timeout=20)["type"] for _ in range(5)]
    assert told == ["session.used", "visit.opened", "item.decided", "item.settled", "visit.closed"]
    assert person.get("/api/v1/balance").json()["points"] == POINTS
    path = f"/api/v1/machines/{machine.id}/items/{item.id}/picture"
    told = machine.http.post(path, json={"size": len(PICTURE), "media_type": "image/jpeg"}).raise_for_status().json()
    assert told["upload"]["url"].startswith(f"https://{deployed.stack.values['OBJECTS_ADDRESS']}/")
    outside = deployed.client()
    sent = outside.post(told["upload"]["url"], data=told["upload"]["fields"], files={"file": ("p", PICTURE)})
    assert sent.status_code in (200, 201, 204), sent.text
    machine.http.post(f"{path}/sent").raise_for_status()
    shown = person.get(path).raise_for_status().json()["url"]
    assert outside.get(shown).content == PICTURE


def test_the_worker_does_the_jobs_of_the_clock(deployed):
    def done():
        lines = deployed.client().get("/metrics").text.splitlines()
        return [line for line in lines if line.startswith("rvm_jobs{") and 'state="done"' in line]

    until(done, deployed.stack.services["worker"].told)


def test_a_replica_is_killed_and_caddy_goes_on_with_the_other(deployed):
    token, machine = deployed.person(), machine_at(deployed)
    person, killed = deployed.client(token), deployed.stack.services["platform-1"]
    session = order(person, "/api/v1/sessions")
    machine.visit(session["token"], items=1)
    machine.send().raise_for_status()
    killed.process.send_signal(signal.SIGKILL)
    killed.process.wait()
    try:
        # What comes first after a death may be a POST: Caddy must have its body still when it tries the other one.
        machine.visit(session["token"], items=1)
        machine.send(machine.entries[-4:]).raise_for_status()
        took, statuses = [], []
        for _ in range(40):
            began = time.monotonic()
            statuses.append(person.get("/api/v1/balance").status_code)
            took.append(time.monotonic() - began)
        assert person.get("/api/v1/balance").json()["points"] == 2 * POINTS
    finally:
        killed.start()
        back = killed.await_health()
        deployed.stack.containers.adopt(killed, REPLICAS[0])
    print(
        f"a replica killed: {statuses.count(200)} of {len(statuses)} requests answered, the slowest after "
        f"{max(took):.2f} s; it was healthy again {back:.1f} s after its start"
    )
    assert set(statuses) == {200}
