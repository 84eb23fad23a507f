"""The whole of deploy/compose.yaml behind Caddy: a deposit becomes points, a replica dies, it goes down cleanly."""

import hashlib
import json
import signal
import socket
import ssl
import subprocess
import time
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from attrs import define
from websockets.sync.client import connect

from adapters.clock.system import SystemClock
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import Counters, ItemDecided, Picture
from domain.deposits.recognition import Box, Material, Recognition
from tests.api.callers import PASSWORD, Machine, heard
from tests.deploy.stack import SERVICES, Stack, root_certificate, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # nine processes start, on a machine that may be busy
POINTS = 10
PICTURE = b"\xff\xd8 a picture of a bottle" * 100
PRICES = {
    "version": "p1", "valid_from": "2020-01-01T00:00:00Z", "valid_until": "2099-01-01T00:00:00Z",
    "points": {"glass": POINTS},
}  # fmt: skip


class ThroughCaddy(httpx.HTTPTransport):
    """The names of the sites are of this computer; who answers is checked by Caddy's own authority."""

    def handle_request(self, request):
        request.extensions["sni_hostname"] = request.url.host
        request.headers.setdefault("Host", request.url.netloc.decode())
        request.url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(request)


@define
class Site:
    """The stack as people and machines see it."""

    stack: Stack
    trust: ssl.SSLContext
    clock: SystemClock

    def client(self, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = ThroughCaddy(verify=self.trust, trust_env=False)
        return httpx.Client(base_url=self.stack.url, headers=headers, transport=transport, timeout=30)

    def signed_in(self, email):
        told = self.client().post("/api/v1/sign-in", json={"email": email, "password": PASSWORD})
        return told.raise_for_status().json()["access_token"]

    def person(self):
        email = f"{uuid.uuid4().hex}@example.org"
        self.client().post("/api/v1/accounts", json={"email": email, "password": PASSWORD}).raise_for_status()
        return self.signed_in(email)

    @contextmanager
    def follow(self, session, token):
        """A WebSocket through Caddy."""
        port = urlsplit(self.stack.url).port
        wire = socket.create_connection(("127.0.0.1", port), 10)
        url = self.stack.url.replace("https", "wss", 1) + f"/api/v1/sessions/{session}/live"
        with connect(url, sock=wire, ssl=self.trust, server_hostname="rvm.localhost", open_timeout=20) as live:
            live.send(json.dumps({"access_token": token}))
            yield live


def order(client, path, body=None):
    answer = client.post(path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    return answer.raise_for_status().json()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("stack")) as stack:
        stack.up()
        print("healthy after", {name: f"{seconds:.1f} s" for name, seconds in stack.took.items()})
        context = ssl.create_default_context(cafile=str(root_certificate(stack)))
        yield Site(stack, context, SystemClock(trusted=True))


@pytest.fixture(scope="module")
def operator(site):
    stack, email = site.stack, "operator@example.org"
    first = stack.services["platform-1"]
    command = [*first.command[:3], "platform", "create-operator", "--email", email, "--password", PASSWORD]
    made = subprocess.run(command, env=first.environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    http = site.client(site.signed_in(email))
    order(http, "/api/v1/price-lists", PRICES)
    return http


def machine_at(site, operator):
    told = order(operator, "/api/v1/machines", {"name": "Hall"})
    return Machine(site, told["machine_id"], told["api_key"], site.client(told["api_key"]))


def test_every_service_is_started(site):
    ours = {name.partition("-")[0] for name in site.stack.services}
    assert ours | {"postgres", "minio"} == set(SERVICES) - {"compute"}  # which test_compute starts
    ready = site.client().get("/health/ready").json()
    assert (ready["status"], set(ready["parts"])) == ("ready", {"store", "relay", "objects", "redis"})
    assert not (site.stack.folder / "keys" / "platform.db").exists(), "the database is PostgreSQL"
    assert not (site.stack.folder / "keys" / "objects").exists(), "objects are in the S3 server"


def test_a_deposit_becomes_points_there(site, operator):
    token, machine = site.person(), machine_at(site, operator)
    person = site.client(token)
    session = order(person, "/api/v1/sessions")
    with site.follow(session["session_id"], token) as live:
        assert heard(live)["type"] == "snapshot"
        machine.boot()
        visit = machine.open(session["token"])
        seen = Recognition(1, Material.GLASS, 990_000, 995_000, Box(1, 1, 9, 9), Material.GLASS, 900_000, 9_000, "m")
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
    assert told["upload"]["url"].startswith(f"https://{site.stack.values['OBJECTS_ADDRESS']}/")
    outside = site.client()
    sent = outside.post(told["upload"]["url"], data=told["upload"]["fields"], files={"file": ("p", PICTURE)})
    assert sent.status_code in (200, 201, 204), sent.text
    machine.http.post(f"{path}/sent").raise_for_status()
    shown = person.get(path).raise_for_status().json()["url"]
    assert outside.get(shown).content == PICTURE


def test_the_worker_does_the_jobs_of_the_clock(site):
    def done():
        lines = site.client().get("/metrics").text.splitlines()
        return [line for line in lines if line.startswith("rvm_jobs{") and 'state="done"' in line]

    until(done, site.stack.services["worker"].told)


def test_a_replica_is_killed_and_caddy_goes_on_with_the_other(site, operator):
    token, machine = site.person(), machine_at(site, operator)
    person, killed = site.client(token), site.stack.services["platform-1"]
    session = order(person, "/api/v1/sessions")
    machine.visit(session["token"], items=1)
    machine.send().raise_for_status()
    killed.process.send_signal(signal.SIGKILL)
    killed.process.wait()
    took, statuses = [], []
    for _ in range(40):
        began = time.monotonic()
        statuses.append(person.get("/api/v1/balance").status_code)
        took.append(time.monotonic() - began)
    machine.visit(session["token"], items=1)
    machine.send(machine.entries[-4:]).raise_for_status()
    assert person.get("/api/v1/balance").json()["points"] == 2 * POINTS
    killed.start()
    back = killed.await_health()
    print(
        f"a replica killed: {statuses.count(200)} of {len(statuses)} requests answered, the slowest after "
        f"{max(took):.2f} s; it was healthy again {back:.1f} s after its start"
    )
    assert set(statuses) == {200}


def test_it_goes_down_cleanly(site, operator):
    """The last one: it ends what the others use."""
    assert site.stack.down() == dict.fromkeys(site.stack.services, 0)
    for name, service in site.stack.services.items():
        said = service.log.read_text(errors="replace")
        assert "Traceback" not in said, service.told()
        if name.startswith("platform"):
            lines = [line for line in said.splitlines() if not line.startswith("MyRVM platform on ")]
            assert [line for line in lines if not line.startswith("{")] == [], "JSON, each line"
