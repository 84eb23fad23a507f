"""Workers with their relays, and the database, killed under twenty requests: what was promised is there, once."""

import json
import random
import subprocess
import sys
from collections import Counter

import psycopg
import pytest
import redis

from adapters.events.redis_words import NotUnderstood, read
from tests.production.holds import At, caught, held, prepare
from tests.production.stand import SEED, until

pytestmark = [
    pytest.mark.slow, pytest.mark.kill, pytest.mark.xdist_group("production"), pytest.mark.timeout(500),
]  # fmt: skip

MACHINES = 20
TIMES = 3
"""That each place is hit, at least."""
VICTIMS = ("worker", "worker", "database")
FLUSHES = 5
GOES_ON_WITHIN = 60.0


class Load:
    """The client's process, and its log."""

    def __init__(self, stand, folder):
        self.log = folder / "acknowledged"
        self.log.touch()
        machines = []
        for number in range(MACHINES):
            platform = stand.platform(number % 2)
            machine, session = platform.machine(), platform.person().session()
            machines.append({"id": machine.id, "key": machine.api_key, "token": session["token"]})
        spec = folder / "spec.json"
        urls = [worker.url for worker in stand.workers]
        spec.write_text(json.dumps({"urls": urls, "machines": machines, "log": str(self.log)}))
        command = [sys.executable, "-m", "tests.production.client", str(spec)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def acknowledged(self):
        """The ids of the settlements that were promised."""
        return [line.split()[1] for line in self.log.read_text().splitlines()]

    def goes_on(self, more=MACHINES // 2):
        """Wait until so many more are acknowledged."""
        count = len(self.acknowledged())
        until(lambda: len(self.acknowledged()) >= count + more, GOES_ON_WITHIN)

    def end(self):
        """Let it finish; returns how often it saw what."""
        said, _ = self.process.communicate(timeout=GOES_ON_WITHIN)
        assert self.process.returncode == 0
        return json.loads(said)


@pytest.fixture
def load(stand, tmp_path):
    one = Load(stand, tmp_path)
    yield one
    one.process.kill()
    one.process.communicate()


class Listener:
    """Hears what is published over Redis, by itself."""

    def __init__(self, stand):
        self._wire = redis.Redis.from_url(stand.parts.redis.url).pubsub()
        self._wire.subscribe("rvm:events")
        self.heard = set()

    def listen(self):
        """Take in what has come."""
        while (message := self._wire.get_message(timeout=0.01)) is not None:
            if message["type"] == "message":
                try:
                    word = read(message["data"])
                except NotUnderstood:
                    continue
                if word.event is not None:
                    self.heard.add(word.event.publication)
        return self.heard


def hit(stand, at, waiting, listener):
    """How many were caught at a place, by what the database says, or says not yet."""
    if at is At.BEFORE_COMMIT:
        return caught(waiting, MACHINES // 2)
    caught(waiting, 1)
    if at is At.UNPUBLISHED:
        question = "SELECT number FROM outbox WHERE publication IS NULL"
        return len(until(lambda: stand.rows(question), 9.0))
    question = "SELECT publication FROM outbox WHERE publication IS NOT NULL AND published_at IS NULL"
    return len(until(lambda: {one for (one,) in stand.rows(question)} & listener.listen(), 9.0))


def kill(stand, victim):
    """SIGKILL, and start again."""
    if victim == "database":
        stand.parts.postgres.kill()
        return stand.parts.postgres.start
    number = int(victim)
    stand.workers[number].process.kill()
    return lambda: stand.restart(number)


def recorded_once(stand, load):
    """All that was promised is there once, and nothing else that was paid for."""
    promised = load.acknowledged()
    paid = Counter(one for (one,) in stand.rows("SELECT id::text FROM transactions"))
    assert len(set(promised)) == len(promised)
    assert [paid[each] for each in promised] == [1] * len(promised)
    machines = sorted({line.split()[0] for line in load.log.read_text().splitlines()})
    settled = stand.rows(
        "SELECT COUNT(*) FROM items WHERE outcome = 'stored' AND machine_id::text = ANY(%s)", machines
    )[0][0]
    assert settled == len(promised), (
        "all that the machines wrote is acknowledged by now, and nothing beside it is there"
    )
    until(lambda: stand.rows("SELECT COUNT(*) FROM outbox WHERE published_at IS NULL") == [(0,)], GOES_ON_WITHIN)
    proof = stand.prove()
    assert proof.findings == ()
    return len(promised)


def test_killed_at_each_place_nothing_promised_is_lost_or_doubled(stand, load):
    prepare(stand)
    listener, chance, hits = Listener(stand), random.Random(SEED), Counter()
    print(f"seed {SEED}")
    load.goes_on()
    for at in At:
        for who in VICTIMS:
            victim = who if who == "database" else str(chance.randrange(2))
            listener.listen()
            try:
                with held(stand, at) as waiting:
                    count = hit(stand, at, waiting, listener)
                    begin = kill(stand, victim)
            except psycopg.OperationalError:
                assert victim == "database", "the hold went with the server"
            begin()
            hits[at] += 1
            print(f"{at.value[2]}: {count} caught there when the {who} was killed")
            load.goes_on()
    saw = load.end()
    promised = recorded_once(stand, load)
    print(f"{promised} deposits acknowledged, each there once; answers seen by the client: {saw}")
    print(f"times hit: { ({at.value[2]: hits[at] for at in At}) }")
    assert all(hits[at] >= TIMES for at in At)


def test_redis_emptied_in_the_middle_of_load_costs_nothing(stand, load):
    client = redis.Redis.from_url(stand.parts.redis.url)
    load.goes_on()
    for _ in range(FLUSHES):
        client.flushall()
        client.script_flush()
        load.goes_on()
    client.close()
    saw = load.end()
    print(f"{recorded_once(stand, load)} deposits, Redis emptied {FLUSHES} times; answers: {saw}")
    assert saw.keys() == {"200"}, "nobody noticed"
