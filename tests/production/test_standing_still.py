"""Each part is suspended (SIGSTOP) and stopped with twenty requests in flight: all are answered in time, by name."""

import itertools
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from attrs import frozen

from tests.api.callers import PASSWORD
from tests.production.stand import until

pytestmark = [
    pytest.mark.slow, pytest.mark.kill, pytest.mark.xdist_group("production"), pytest.mark.timeout(300),
]  # fmt: skip

AT_ONCE = 20
ANSWERED_WITHIN = 2.0
"""Seconds."""
TAKEN_AWAY = 4.0
"""Seconds for which a part is away."""
MENDED_WITHIN = 20.0
STORE = {"store-away", "store-unsure", "store-busy", "not-ready"}
"""What an answer may say that cannot be given without the database."""


@frozen
class Answer:
    """What came of one request."""

    what: str
    status: int
    kind: str
    """Of the problem; "" when there is none."""
    asked: float
    took: float
    retry_after: bool


class Crowd:
    """Machines and people who ask without a pause, each waiting for one answer at a time."""

    def __init__(self, stand):
        self.answers = []
        self._over = threading.Event()
        self._turn = itertools.count()
        self._machines = [stand.platform(number % 2).machine() for number in range(AT_ONCE // 2)]
        people = [stand.platform(number % 2).person() for number in range(AT_ONCE // 2)]
        for machine, person in zip(self._machines, people, strict=True):
            machine.boot()
            machine.open(person.session()["token"])
            assert machine.send().status_code == 200
        self._people = people
        self.acknowledged = []
        """Items whose settlement was acknowledged."""

    def __enter__(self):
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._asking = [self._pool.submit(self._of_machine, machine) for machine in self._machines]
        self._asking += [self._pool.submit(self._of_person, person) for person in self._people]
        return self

    def __exit__(self, *_):
        self._over.set()
        self._pool.shutdown()
        for one in self._asking:
            one.result()

    def _ask(self, what, call):
        asked = time.monotonic()
        answered = call()
        took = time.monotonic() - asked
        content = answered.headers.get("content-type", "")
        kind = answered.json()["type"].rpartition("/")[2] if content.startswith("application/problem") else ""
        self.answers.append(Answer(what, answered.status_code, kind, asked, took, "Retry-After" in answered.headers))
        return answered

    def _of_machine(self, machine):
        """A deposit at a time, each sent until it is acknowledged; its picture is offered."""
        visit = machine.entries[-1]
        with httpx.Client(base_url=machine.platform.url, timeout=20, headers=machine.http.headers) as http:
            while not self._over.is_set():
                item = machine.decide(visit)
                machine.settle(item)
                while True:
                    body = machine.batch(machine.entries[-2:])
                    sent = self._ask("deposit", lambda: http.post(f"/api/v1/machines/{machine.id}/entries", json=body))  # noqa: B023
                    if sent.status_code == 200:
                        self.acknowledged.append(machine.entries[-1].id)
                        break
                    if self._over.wait(0.05):
                        return
                offer = {"size": 5, "media_type": "image/jpeg"}
                path = f"/api/v1/machines/{machine.id}/items/{item.id}/picture"
                self._ask("picture", lambda: http.post(path, json=offer))  # noqa: B023
                self._over.wait(0.05)

    def _of_person(self, person):
        """Sign in, get a code, look at the balance, look whether the platform is well."""
        secret = {"email": person.email, "password": PASSWORD}
        calls = {
            "sign-in": lambda http: http.post("/api/v1/sign-in", json=secret),
            "balance": lambda http: http.get("/api/v1/balance"),
            "session": lambda http: http.post("/api/v1/sessions", headers={"Idempotency-Key": str(uuid.uuid4())}),
            "ready": lambda http: http.get("/health/ready"),
        }
        with httpx.Client(base_url=person.platform.url, timeout=20, headers=person.http.headers) as http:
            while not self._over.is_set():
                for what, call in calls.items():
                    self._ask(what, lambda: call(http))  # noqa: B023
                    self._over.wait(0.05)


def slowest(answers):
    return max(answers, key=lambda each: each.took)


def taken_away(stand, part, how):
    """Take a part away while everybody asks, and give it back. Returns the crowd, and its answers meanwhile."""
    server = stand.parts.servers[part]
    with Crowd(stand) as crowd:
        until(lambda: len(crowd.acknowledged) >= AT_ONCE, MENDED_WITHIN)
        gone = time.monotonic()
        server.suspend() if how == "suspended" else server.stop()
        until(lambda: time.monotonic() - gone > TAKEN_AWAY, 2 * TAKEN_AWAY)
        named = [httpx.get(f"{worker.url}/health/ready", timeout=10) for worker in stand.workers]
        back = time.monotonic()
        server.resume() if how == "suspended" else server.start()
        until(lambda: all(worker.is_ready() for worker in stand.workers), MENDED_WITHIN)
        count = len(crowd.acknowledged)
        until(lambda: len(crowd.acknowledged) >= count + AT_ONCE, MENDED_WITHIN)
    meanwhile = [each for each in crowd.answers if gone <= each.asked + each.took and each.asked < back]
    before = [each for each in crowd.answers if each.asked + each.took < gone]
    print(
        f"{part} {how}: {len(meanwhile)} answers meanwhile, the slowest after {slowest(meanwhile).took:.2f} s "
        f"({slowest(meanwhile).what}; before: {slowest(before).took:.2f} s): "
        f"{dict(Counter((each.what, each.status, each.kind) for each in meanwhile))}"
    )
    # On a computer that is too busy without any harm, so long is what an answer takes.
    assert slowest(meanwhile).took < max(ANSWERED_WITHIN, 2 * slowest(before).took)
    return crowd, meanwhile, named


def recorded_once(stand, crowd):
    """Each deposit that was acknowledged stands there once, and all of it proves."""
    paid = Counter(one for (one,) in stand.rows("SELECT id::text FROM transactions"))
    assert [paid[each] for each in crowd.acknowledged] == [1] * len(crowd.acknowledged)
    proof = stand.prove()
    assert proof.findings == ()


@pytest.mark.parametrize("how", ["suspended", "stopped"])
def test_without_postgresql_everybody_is_told_so_in_time(stand, how):
    crowd, meanwhile, named = taken_away(stand, "postgres", how)
    refused = [each for each in meanwhile if each.status not in {200, 201}]
    assert len({each.what for each in refused}) >= 4
    assert {each.kind for each in refused} <= STORE
    assert "store-away" in {each.kind for each in refused}
    assert {each.status for each in refused} == {503}
    assert all(each.retry_after for each in refused)
    assert [each.json()["parts"]["store"] for each in named] == ["away", "away"]
    recorded_once(stand, crowd)


@pytest.mark.parametrize("how", ["suspended", "stopped"])
def test_without_redis_everything_is_answered_and_readiness_names_it(stand, how):
    crowd, meanwhile, named = taken_away(stand, "redis", how)
    assert {each.status for each in meanwhile} <= {200, 201}
    assert [[part["part"] for part in each.json()["degraded"]] for each in named] == [["redis"], ["redis"]]
    recorded_once(stand, crowd)


@pytest.mark.parametrize("how", ["suspended", "stopped"])
def test_without_the_object_store_only_pictures_wait_by_name(stand, how):
    crowd, meanwhile, named = taken_away(stand, "s3", how)
    refused = [each for each in meanwhile if each.status not in {200, 201}]
    assert {(each.what, each.status, each.kind) for each in refused} == {("picture", 503, "objects-away")}
    assert all(each.retry_after for each in refused)
    assert [[part["part"] for part in each.json()["degraded"]] for each in named] == [["objects"], ["objects"]]
    recorded_once(stand, crowd)
