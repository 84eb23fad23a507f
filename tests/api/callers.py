"""Who calls the platform: people, operators, machines. Each over HTTP, each response held to the description."""

import itertools
import json
import uuid
from contextlib import contextmanager

import httpx
from attrs import define, field
from websockets.sync.client import connect

from application.platform.sign_up import SignUp
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import (
    Booted,
    Counters,
    Ending,
    ItemDecided,
    ItemSettled,
    Opener,
    Outcome,
    Picture,
    Promise,
    VisitClosed,
    VisitOpened,
    kind_of,
    written,
)
from domain.deposits.journal import NO_HASH, write
from domain.deposits.recognition import Box, Mask, Material, Recognition
from domain.people.account import Language
from domain.people.role import Role
from entrypoints.relay import Relay

PASSWORD = "three green bottles"
_numbers = itertools.count(1)


@define
class Platform:
    url: str
    data: object
    container: object
    app: object
    clock: object
    conformity: object
    _first: object = None

    @property
    def first_operator(self):
        """The one who registers the machines of tests that do not care who does."""
        self._first = self._first or self.operator()
        return self._first

    def client(self, **headers):
        hooks = {"response": [lambda response: (response.read(), self.conformity.check(response))]}
        return httpx.Client(base_url=self.url, headers=headers, event_hooks=hooks, timeout=30, verify=False)

    def person(self, role=Role.USER):
        email = f"person-{next(_numbers)}-{uuid.uuid4().hex[:8]}@example.org"
        if role is Role.USER:
            self.client().post("/api/v1/accounts", json={"email": email, "password": PASSWORD}).raise_for_status()
        else:
            self.container.resolve(SignUp)(email, PASSWORD, Language.ENGLISH, role)
        told = self.client().post("/api/v1/sign-in", json={"email": email, "password": PASSWORD}).json()
        http = self.client(Authorization=f"Bearer {told['access_token']}")
        return Person(self, email, told["person_id"], told["access_token"], told["refresh_token"], http)

    def operator(self):
        return self.person(Role.OPERATOR)

    def machine(self, name=None):
        told = self.first_operator.post("/api/v1/machines", json={"name": name or f"Machine {next(_numbers)}"}).json()
        http = self.client(Authorization=f"Bearer {told['api_key']}")
        return Machine(self, told["machine_id"], told["api_key"], http)

    def publish_prices(self):
        prices = {
            "version": "test-1", "valid_from": "2020-01-01T00:00:00Z", "valid_until": "2099-01-01T00:00:00Z",
            "points": {"glass": 10, "metal": 8, "plastic": 5},
        }  # fmt: skip
        assert self.first_operator.post("/api/v1/price-lists", json=prices).status_code == 201

    def metric(self, name, **labels):
        """Return a counter's value; 0 before its first count."""
        wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
        for line in self.client().get("/metrics").text.splitlines():
            series, _, value = line.rpartition(" ")
            if series == (f"{name}{{{wanted}}}" if wanted else name):
                return float(value)
        return 0.0

    def relayed(self):
        """Publish what waits, at once."""
        self.container.resolve(Relay).once()


@define
class Person:
    platform: Platform
    email: str
    id: str
    access_token: str
    refresh_token: str
    http: httpx.Client

    def get(self, path, **more):
        return self.http.get(path, **more)

    def post(self, path, key=None, **more):
        return self.http.post(path, headers={"Idempotency-Key": key or str(uuid.uuid4())}, **more)

    def session(self):
        return self.post("/api/v1/sessions").json()

    @contextmanager
    def follow(self, path, version=None, token=None):
        hello = {"access_token": token or self.access_token}
        with connected(self.platform, path) as socket:
            socket.send(json.dumps(hello if version is None else {**hello, "version": version}))
            yield socket


def connected(platform, path):
    """A WebSocket on which nothing has been said yet."""
    return connect(platform.url.replace("http", "ws", 1) + path, open_timeout=10, close_timeout=2)


def heard(socket, timeout=10):
    """The next message."""
    return json.loads(socket.recv(timeout=timeout))


@define
class Machine:
    """A machine that writes its journal by the rules, and can be asked to break them."""

    platform: Platform
    id: str
    api_key: str
    http: httpx.Client
    epoch: str = field(factory=lambda: str(uuid.uuid4()))
    entries: list = field(factory=list)
    wrong_by: int = 0
    """How far the machine's wall clock is ahead, microseconds."""

    def write(self, body, **changes):
        """Write an entry after the last one."""
        now = self.platform.clock.now()
        last = self.entries[-1] if self.entries else None
        new_epoch = last is None or last.epoch != self.epoch
        parts = {
            "id": str(uuid.uuid4()), "machine": self.id, "epoch": self.epoch, "seq": 0 if new_epoch else last.seq + 1,
            "prev": last.hash if last else NO_HASH, "mono": now.mono, "wall": now.wall + self.wrong_by, "trusted": True,
            "kind": kind_of(body), "body": written(body),
        }  # fmt: skip
        entry = write(**{**parts, **changes})
        self.entries.append(entry)
        return entry

    def boot(self):
        self.epoch = str(uuid.uuid4())
        return self.write(Booted("1", "test-model"))

    def open(self, token):
        return self.write(VisitOpened(Opener.SESSION, token, claimed=True, price_list=None))

    def decide(self, visit, label=Material.GLASS, accepted=True, promise=None):
        seen = Recognition(1, label, 990_000, 995_000, Box(10, 10, 90, 190), label, 900_000, Mask(9_000), "test-model")
        decision = Decision(accepted, Reason.CONTAINER if accepted else Reason.NOT_A_CONTAINER)
        picture = Picture(uuid.uuid4().hex * 2, "0123456789abcdef")
        promised = Promise(*promise) if promise else None
        return self.write(ItemDecided(visit.id, decision, seen, picture, promised, Counters(len(self.entries), 0)))

    def settle(self, item, outcome=Outcome.STORED):
        return self.write(ItemSettled(item.id, outcome))

    def close(self, visit):
        return self.write(VisitClosed(visit.id, Ending.DONE))

    def visit(self, token, items=1, **more):
        """One whole visit. Returns its opening entry and its decided items."""
        if not self.entries:
            self.boot()
        opened = self.open(token)
        decided = []
        for _ in range(items):
            decided.append(self.decide(opened, **more))
            self.settle(decided[-1])
        self.close(opened)
        return opened, decided

    def batch(self, entries):
        now = self.platform.clock.now()
        sending = {"mono": now.mono, "wall": now.wall + self.wrong_by, "trusted": True}
        texts = [entry if isinstance(entry, str) else entry.raw.decode() for entry in entries]
        return {"boot": self.epoch, "sending": sending, "waiting": 0, "entries": texts}

    def send(self, entries=None):
        return self.http.post(
            f"/api/v1/machines/{self.id}/entries", json=self.batch(self.entries if entries is None else entries)
        )
