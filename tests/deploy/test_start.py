"""The platform of deploy/compose.yaml, started by the very command, environment and health check that stand there.

What Docker would give it (names of other services, the port inside) is mapped to real servers on this computer.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from tests.deploy.reading import COMPOSE, filled
from tests.objects.world import OUTSIDE, until

SERVICE = COMPOSE["services"]["platform"]
VALUES = {
    "SITE_ADDRESS": "rvm.example.org", "OBJECTS_ADDRESS": "objects.example.org", "POSTGRES_PASSWORD": "inside",
    "S3_ACCESS_KEY": "", "S3_SECRET_KEY": "",
}  # fmt: skip


@contextmanager
def started(data, server):
    """The service as a process of this computer; yields its address, its environment and its output."""
    values = {**VALUES, "S3_ACCESS_KEY": server.access_key, "S3_SECRET_KEY": server.secret_key}
    given = {name: filled(value, values) for name, value in SERVICE["environment"].items()}
    assert given["RVM_PLATFORM_S3_URL"] == "http://minio:9000"
    mapped = {
        "RVM_PLATFORM_HOST": "127.0.0.1", "RVM_PLATFORM_PORT": "0", "RVM_PLATFORM_DATA": str(data),
        "RVM_PLATFORM_REDIS_URL": "", "RVM_PLATFORM_S3_URL": server.url,
        "RVM_PLATFORM_DATABASE_URL": f"sqlite:///{data / 'platform.db'}",
    }  # fmt: skip
    bare = {name: value for name, value in os.environ.items() if not name.startswith("RVM_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "entrypoints.cli", *SERVICE["command"]], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**bare, **given, **mapped, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    guard = threading.Timer(60, process.kill)
    guard.start()
    try:
        said = process.stdout.readline()
        assert "http://" in said, process.stderr.read()
        yield re.search(r"http://127\.0\.0\.1:\d+", said)[0], {**bare, **given}, process
    finally:
        guard.cancel()
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.xdist_group("s3")
def test_the_platform_of_compose_starts_answers_its_health_check_and_stops(s3_server, tmp_path):
    with started(tmp_path, s3_server) as (url, environment, process):
        until(lambda: OUTSIDE.get(f"{url}/health/ready").status_code == 200)
        ready = OUTSIDE.get(f"{url}/health/ready").json()
        assert ready["parts"] == {"store": "up", "relay": "up", "objects": "up"}
        assert not (tmp_path / "objects").exists(), "objects are in the S3 server"
        kind, *check = SERVICE["healthcheck"]["test"]
        assert (kind, check[0]) == ("CMD", "python")
        inside = check[2].replace("http://127.0.0.1:8000", url)
        assert inside != check[2]
        assert subprocess.run([sys.executable, "-c", inside], env=environment, check=False).returncode == 0
        assert OUTSIDE.get(f"{url}/api/v1/balance").status_code == 401
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)
        lines = process.stderr.read().splitlines()
        assert all(line.startswith("{") for line in lines), "JSON, each line"
        assert any('"status": 401' in line for line in lines)
        assert subprocess.run([sys.executable, "-c", inside], capture_output=True, check=False).returncode != 0
