"""No child outlives the demo, however the demo ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from entrypoints.demo.loopback import bring_up
from entrypoints.demo.processes import Process

PARENT = """
import sys, time
from pathlib import Path
from entrypoints.demo.processes import Process
child = Process("http.server", ["--bind", "127.0.0.1", "0"], settings={}, log=Path(sys.argv[1]))
print(child.start(), flush=True)
time.sleep(60)
"""


def gone(pid, within=10.0):
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_child_goes_when_its_parent_is_killed(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    os.kill(child, 0)
    parent.kill()
    parent.communicate()
    assert gone(child)


def test_killed_started_again_and_ended(tmp_path):
    process = Process("http.server", ["--bind", "127.0.0.1", "0"], settings={}, log=tmp_path / "log")
    first = process.start()
    process.kill()
    assert not process.alive
    assert process.exit_status == -signal.SIGKILL
    second = process.start()
    assert second != first
    assert process.pid == second
    process.end()
    assert gone(second)


def test_the_end_of_the_log_tells_why_a_child_died(tmp_path):
    process = Process("no_such_module", [], settings={}, log=tmp_path / "log")
    process.start()
    end = time.monotonic() + 20
    while process.alive and time.monotonic() < end:
        time.sleep(0.02)
    assert process.exit_status not in {0, None}
    assert "no_such_module" in process.log_tail()


def test_loopback_that_is_up_is_left_alone():
    assert bring_up() is False


def test_loopback_is_brought_up_where_there_is_no_network():
    inside = (
        "from entrypoints.demo.loopback import bring_up; import socket; print(bring_up(), bring_up());"
        "s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname(), timeout=5)"
    )
    run = subprocess.run(
        ["unshare", "-rn", sys.executable, "-c", inside], capture_output=True, text=True, timeout=30, check=True
    )
    assert run.stdout.split() == ["True", "False"]
