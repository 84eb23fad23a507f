"""`rvm machine --simulated --for`: it says where first, plays by itself, proves what it did and ends well."""

import os
import re
import signal
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
COMMAND = [sys.executable, "-m", "entrypoints.cli", "machine", "--simulated", "--port", "0"]


def test_it_plays_by_itself_and_proves_it(tmp_path):
    ran = subprocess.run(
        [*COMMAND, "--for", "8", "--seed", "5", "--data", str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.fullmatch(r"http://localhost:\d+/", ran.stdout.splitlines()[0])
    assert "recorded once, paid once" in ran.stdout
    assert (tmp_path / "machines").is_dir()


def test_ctrl_c_ends_it_in_order(tmp_path):
    with subprocess.Popen([*COMMAND, "--data", str(tmp_path)], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout.readline().startswith("http://localhost:")
        assert "ready" in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        said = running.stdout.read()
    assert running.returncode == 0, said
    assert "the ledger sums to zero" in said


def test_without_a_word_it_says_what_there_is():
    ran = subprocess.run(
        [sys.executable, "-m", "entrypoints.cli", "machine"],
        capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "120"},
    )  # fmt: skip
    assert (ran.returncode, "--simulated" in ran.stdout) == (2, True)
