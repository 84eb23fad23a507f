"""The platform's recovery, on the deployed stack with real parts; how long each took is printed."""

import threading
import time

import httpx
import pytest
from attrs import define, field
from pytest_bdd import given, parsers, scenarios, then, when

from adapters.uplink.http import HttpUplink
from domain.deposits.journal import place_of
from entrypoints.prove import proof_of
from tests.backup.places import PASSWORD, Caller, Site, signed_up
from tests.backup.street import StreetMachine
from tests.deploy.site import POINTS, PRICES, order
from tests.deploy.stack import until

scenarios("recovery.feature")
pytestmark = [pytest.mark.slow, pytest.mark.kill, pytest.mark.timeout(600), pytest.mark.xdist_group("stack")]

SAID_WITHIN = 10.0
"""Seconds until the platform notices that a part is away."""
ANSWERED_WITHIN = 2.0
BEFORE_WE_GIVE_UP = 3
"""Seconds for which a release may become healthy here; two minutes where it is rolled out in earnest."""
FAULTS = {"cannot start": {"RVM_PLATFORM_NO_SUCH_SETTING": "1"}, "never becomes healthy": {"RVM_PLATFORM_PORT": "0"}}


@define(eq=False)
class Asker:
    """Somebody who looks at their balance without a pause, and notices everything."""

    http: httpx.Client
    answers: list = field(factory=list)
    _over: threading.Event = field(factory=threading.Event)
    _thread: threading.Thread = None

    def __enter__(self):
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join(30)

    def _ask(self):
        while not self._over.wait(0.05):
            began = time.monotonic()
            try:
                status = self.http.get("/api/v1/balance").status_code
            except httpx.HTTPError as broken:
                status = type(broken).__name__
            self.answers.append((status, time.monotonic() - began))


@define(eq=False)
class Usage:
    """What goes on at a platform: a machine that people come to, and somebody who asks."""

    site: object
    machine: StreetMachine
    person: httpx.Client
    asker: Asker
    before: int = 0
    away_since: float = 0.0
    bring_back: object = None
    rolled: object = None
    replicas: list = field(factory=list)

    def paid(self):
        return self.person.get("/api/v1/balance").json()["points"] == POINTS * len(self.machine.in_bin)


@pytest.fixture
def using(deployed, tmp_path):
    token = deployed.person()
    person = deployed.client(token)
    told = order(deployed.operator, "/api/v1/machines", {"name": "Hall"})
    uplink = HttpUplink(deployed.stack.url, told["machine_id"], told["api_key"], transport=deployed.transport())
    code = order(person, "/api/v1/sessions")["token"]
    machine = StreetMachine(told["machine_id"], tmp_path / told["machine_id"], uplink, code)
    machine.switch_on()
    with Asker(deployed.client(token)) as asker:
        until(lambda: machine.acknowledged >= 6 and len(asker.answers) >= 6, lambda: "nothing is recorded")
        yield Usage(deployed, machine, person, asker)
    machine.switch_off()


@given("people who use the platform without a pause", target_fixture="usage")
def people_use_it(using):
    return using


# ------------------------------------------------------------ releases


@when(parsers.re(r"a release is rolled out that (?P<fault>cannot start|never becomes healthy|works)"))
def roll_out(usage, fault):
    wait = BEFORE_WE_GIVE_UP if fault in FAULTS else 180
    usage.replicas = replicas(usage)
    usage.asker.answers.clear()
    began = time.monotonic()
    usage.rolled = usage.site.stack.roll_out("next", FAULTS.get(fault, {}), wait)
    print(f"a release that {fault}: rolled out or taken back after {time.monotonic() - began:.1f} s")


@then("it is taken back, and nobody has noticed")
def taken_back(usage):
    assert (usage.rolled.returncode, "was taken back" in usage.rolled.stderr) == (1, True), usage.rolled.stderr
    assert replicas(usage) == usage.replicas
    unnoticed(usage)


@then("it has taken over, and nobody has noticed")
def taken_over(usage):
    assert (usage.rolled.returncode, usage.rolled.stderr) == (0, "")
    assert len(replicas(usage)) == len(usage.replicas)
    assert not set(replicas(usage)) & set(usage.replicas)
    unnoticed(usage)


def replicas(usage):
    return [one["id"] for one in usage.site.stack.containers.all()]


def unnoticed(usage):
    count = len(usage.machine.in_bin)
    until(lambda: len(usage.machine.in_bin) >= count + 4, lambda: "nobody comes any more")
    assert {status for status, _ in usage.asker.answers} == {200}
    until(usage.paid, lambda: "what was deposited is not paid")


# ------------------------------------------------------------ parts


@when(parsers.re(r"(?P<part>the live news|the picture store|the database) is away"))
def part_is_away(usage, part):
    stack = usage.site.stack
    take, back = {
        "the live news": (stack.services["redis"].kill, stack.services["redis"].start),
        "the picture store": (stack.s3.kill, stack.s3.start),
        "the database": (stack.postgres.kill, stack.postgres.start),
    }[part]
    away(usage, part, take, back)


@when("nobody can reach the platform any more")
def unreachable(usage):
    caddy = usage.site.stack.services["caddy"]
    away(usage, "the way to the platform", caddy.kill, caddy.start)


def away(usage, what, take, back):
    usage.bring_back = (what, back)
    usage.before = len(usage.machine.in_bin)
    take()
    usage.away_since = time.monotonic()
    usage.asker.answers.clear()


@then(parsers.parse("the platform says so, and that {meanwhile}"))
def says_so(usage, meanwhile):
    def said():
        told = usage.site.ready() or {}
        return any(meanwhile in each["without"] for each in told.get("degraded", ()))

    took = until(said, lambda: f"it says {usage.site.ready()}", SAID_WITHIN)
    print(f"{usage.bring_back[0]} is away: said after {took:.1f} s")


@then("deposits are paid all the while, and nobody is turned away")
def goes_on(usage):
    recorded = usage.machine.acknowledged
    until(lambda: usage.machine.acknowledged >= recorded + 12, lambda: "nothing is recorded")
    assert {status for status, _ in usage.asker.answers} == {200}


@then("a person who asks is told at once that nothing can be done now and nothing was changed")
def told_at_once(usage):
    until(lambda: usage.asker.answers, lambda: "nobody asks")
    began = time.monotonic()
    answer = usage.person.get("/api/v1/balance")
    took = time.monotonic() - began
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    said = answer.json()
    assert said["type"].rpartition("/")[2].startswith("store-"), said
    print(f"the database is away: told after {took:.2f} s: {said['title']}")
    assert took < max(ANSWERED_WITHIN, 2 * max(took for _, took in usage.asker.answers))
    assert usage.site.ready()["status"] == 503


@then("machines keep what people deposit")
def machines_keep(usage):
    until(lambda: len(usage.machine.in_bin) >= usage.before + 4, lambda: "nobody comes any more")
    until(lambda: usage.machine.journal.unsent() >= 12, lambda: "nothing waits")


@then("once it is back everything is as before")
def as_before(usage):
    what, back = usage.bring_back
    newest = usage.machine.journal.last()
    down = time.monotonic() - usage.away_since
    began = time.monotonic()
    back()
    until(lambda: (usage.site.ready() or {}).get("status") == "ready", lambda: f"it says {usage.site.ready()}")
    ready = time.monotonic() - began
    until(lambda: held(usage.machine, newest), lambda: "the machine has not caught up")
    print(
        f"{what} was away for {down:.1f} s: ready {ready:.1f} s after it was started, caught up after "
        f"{time.monotonic() - began:.1f} s"
    )
    usage.machine.rest()
    until(usage.paid, lambda: "what was deposited is not paid")


def held(machine, entry):
    """Whether the machine was told that the platform holds an entry."""
    return machine.journal.unsent() <= machine.journal.count_after(place_of(entry))


# ------------------------------------------------------------ everything


@given("a platform that was backed up, and deposits made since", target_fixture="lost")
def backed_up(tmp_path):
    with Site(tmp_path / "site") as site:
        site.run("create-operator", "--email", "operator@example.org", "--password", PASSWORD)
        site.start()
        operator, person = Caller(site.url, "operator@example.org"), signed_up(site.url, "sari@example.org")
        operator.post("/price-lists", PRICES)
        told = operator.post("/machines", {"name": "Hall"})
        uplink = HttpUplink(site.url, told["machine_id"], told["api_key"])
        own = tmp_path / "machines" / told["machine_id"]
        machine = StreetMachine(told["machine_id"], own, uplink, person.post("/sessions")["token"])
        machine.switch_on()
        until(lambda: machine.acknowledged >= 12, lambda: "nothing is recorded")
        site.run("backup", "--to", tmp_path / "backup")
        count = machine.acknowledged
        until(lambda: machine.acknowledged >= count + 12, lambda: "nothing is recorded")
        yield site, machine, person


@when("everything is destroyed, and the backup is brought back")
def destroyed(lost, tmp_path):
    site, machine, _ = lost
    site.destroy()
    began = time.monotonic()
    site.make_anew()
    site.run("restore", "--from", tmp_path / "backup")
    site.start()
    machine.rest()
    until(machine.caught_up, lambda: "the machine has not caught up")
    print(f"everything was lost: restored, started and caught up after {time.monotonic() - began:.1f} s")


@then("each deposit is paid once, those made since and meanwhile among them")
def all_paid(lost, tmp_path):
    site, machine, person = lost
    assert person.get("/balance")["points"] == POINTS * len(machine.in_bin)
    machine.switch_off()
    site.stop()
    proof = proof_of(tmp_path, database_url=site.database_url, complete=True)
    assert (proof.findings, proof.items) == ((), len(machine.in_bin))
