"""`rvm platform` as a process of its own: it says where it listens, stops when told, and forgets nothing."""

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from application.platform.answer_once import AnswerOnce, Reply
from application.platform.forget_answers import ForgetAnswers
from application.ports.unit_of_work import UnitOfWorkFactory
from entrypoints import cli
from entrypoints.platform import serving

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    "RVM_PLATFORM_PORT": "0", "RVM_PLATFORM_PASSWORD_MEMORY_KIB": "64", "RVM_PLATFORM_PASSWORD_PASSES": "1",
    "RVM_PLATFORM_PASSWORD_LANES": "1",
}  # fmt: skip
ANA = {"email": "ana@example.org", "password": "three green bottles"}


@contextmanager
def served(data):
    """The platform as a process; yields its address and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "entrypoints.cli", "platform"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, **ENVIRONMENT, "RVM_PLATFORM_DATA": str(data), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    guard = threading.Timer(60, process.kill)
    guard.start()
    try:
        said = process.stdout.readline()
        yield re.search(r"http://127\.0\.0\.1:\d+", said)[0], process
    finally:
        guard.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGTERM, pytest.param(signal.SIGKILL, marks=pytest.mark.kill)])
def test_it_starts_again_where_it_ended(tmp_path, end):
    with served(tmp_path) as (url, process):
        person = httpx.post(f"{url}/api/v1/accounts", json=ANA).json()["person_id"]
        refresh = httpx.post(f"{url}/api/v1/sign-in", json=ANA).json()["refresh_token"]
        process.send_signal(end)
        assert process.wait(20) in (0, -end)
    with served(tmp_path) as (url, _):
        told = httpx.post(f"{url}/api/v1/sign-in/refresh", json={"refresh_token": refresh}).json()
        assert told["person_id"] == person
    files = {file.name: file.stat().st_mode & 0o077 for file in tmp_path.iterdir()}
    assert files["platform-secret"] == files["platform-key.pem"] == 0


@pytest.mark.slow
def test_the_first_operator_is_opened_by_a_command(tmp_path):
    run = CliRunner(env={**ENVIRONMENT, "RVM_PLATFORM_DATA": str(tmp_path)})
    command = ["platform", "create-operator", "--email", "Op@Example.org", "--password", "five brown bottles"]
    made = run.invoke(cli.app, command)
    assert made.exit_code == 0, made.output
    again = run.invoke(cli.app, command)
    assert again.exit_code == 1
    assert "another account has this address" in again.output
    with served(tmp_path) as (url, _):
        body = {"email": "op@example.org", "password": "five brown bottles"}
        told = httpx.post(f"{url}/api/v1/sign-in", json=body).json()
        assert told["person_id"] == made.output.strip()
        headers = {"Authorization": f"Bearer {told['access_token']}"}
        assert httpx.get(f"{url}/api/v1/machines", headers=headers).json() == {"machines": []}


def test_two_never_serve_on_one_port(platform):
    port = httpx.URL(platform.url).port
    with pytest.raises(OSError), serving(platform.container, platform.app, port=port):
        pytest.fail("it listened on a port that was taken")


def test_answers_are_forgotten_when_nobody_asks_for_them_any_more(platform):
    once, forget = platform.container.resolve(AnswerOnce), platform.container.resolve(ForgetAnswers)
    once("scope", "kept", b"", lambda: Reply(200, b"x"))
    forget()
    with platform.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
        assert work.answers.get("scope", "kept") is not None
    with platform.clock.ahead(86_401):
        forget()
    with platform.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
        assert work.answers.get("scope", "kept") is None
