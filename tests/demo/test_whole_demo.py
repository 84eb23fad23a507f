"""The whole demo, as a process, where there is no network at all: what it says is checked from outside.

Pids come from its events, the data from its folder; it is asked nothing.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.kill]

COMMAND = [sys.executable, "-m", "entrypoints.cli", "demo"]
QUEUE = 4


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Forty seconds of two machines without any network, once for all these tests."""
    folder = tmp_path_factory.mktemp("demo")
    arguments = ["--for", "40", "--seed", "7", "--machines", "2", "--port", "0"]
    run = subprocess.run(
        ["unshare", "-rn", *COMMAND, *arguments, "--data", folder / "data", "--events", folder / "events"],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    print(run.stdout, run.stderr)
    events = [json.loads(line) for line in (folder / "events").read_text().splitlines()]
    return run, events, folder / "data"


def named(events, *names):
    return [event for event in events if event["event"] in names]


@pytest.mark.timeout(300)
def test_it_ends_well_and_says_where_it_is_first(ran):
    run, events, _ = ran
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[0] == f"http://localhost:{events[0]['port']}/"
    assert events[-1]["event"] == "proof"
    assert events[-1]["proven"] is True


def test_agents_and_hardware_are_processes_and_none_is_left(ran):
    _, events, _ = ran
    started = named(events, "start")
    first = {(event["machine"], event["part"]): event["pid"] for event in reversed(started)}
    assert {part for _, part in first} == {"agent", "rig"}
    assert len(first) == 4
    assert len(set(first.values())) == 4
    for event in started:
        with pytest.raises(ProcessLookupError):
            os.kill(event["pid"], 0)


def test_a_machine_lost_network_and_power_and_its_queue_grew_and_emptied(ran):
    _, events, _ = ran
    cut = named(events, "cut")[0]
    victim = cut["machine"]
    of_victim = [event for event in events if event.get("machine") == victim]
    names = [event["event"] for event in of_victim if event["event"] in {"cut", "kill", "restore", "caught_up"}]
    assert names[:4] == ["cut", "kill", "restore", "caught_up"]
    queue = [event["waiting"] for event in of_victim if event["event"] == "queue"]
    assert max(queue) > QUEUE, "the queue grew while the machine was cut off"
    drained = named(events, "drained")[0]
    assert drained["complete"] is True
    assert set(drained["waiting"].values()) == {0}
    kills = named(events, "kill")
    assert all(kill["amiss"] == [] for kill in kills)
    agents = [event["pid"] for event in of_victim if event["event"] == "start" and event["part"] == "agent"]
    rigs = [event["pid"] for event in of_victim if event["event"] == "start" and event["part"] == "rig"]
    assert len(agents) >= 2, "the agent was started again"
    assert len(rigs) == 1, "its hardware lived on"


def test_people_were_paid(ran):
    _, _, data = ran
    with sqlite3.connect(data / "platform.db") as store:
        items, paid = store.execute("SELECT COUNT(*), SUM(accepted) FROM items").fetchone()
        points = store.execute("SELECT SUM(balance) FROM balances").fetchone()[0]
    assert items > paid > 0, "some were refused, more than none accepted"
    assert points > 0
    pictures = {file.stem for file in (data / "pictures").iterdir()}
    assert pictures


def test_what_was_left_behind_proves(ran):
    _, _, data = ran
    assert prove(data).returncode == 0


def flip_a_byte_of_an_entry(data):
    journal = next((data / "machines").glob("*/journal.db"))
    with sqlite3.connect(journal) as store:
        place, raw = store.execute("SELECT place, raw FROM entries WHERE kind = 'item_decided'").fetchone()
        at = raw.index(b'"confidence":') + 14
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        store.execute("UPDATE entries SET raw = ? WHERE place = ?", (changed, place))


def edit_a_balance(data):
    with sqlite3.connect(data / "platform.db") as store:
        store.execute("UPDATE balances SET balance = balance + 1 WHERE rowid = (SELECT MIN(rowid) FROM balances)")


def forget_an_item_in_the_bin(data):
    rig = next((data / "machines").glob("*/rig.json"))
    kept = json.loads(rig.read_text())
    kept["items"].remove(next(item for item in kept["items"] if item["where"] == "bin"))
    rig.write_text(json.dumps(kept))


@pytest.mark.parametrize("harm", [flip_a_byte_of_an_entry, edit_a_balance, forget_an_item_in_the_bin])
def test_after_any_harm_it_does_not_prove(ran, tmp_path, harm):
    data = shutil.copytree(ran[2], tmp_path / "data")
    assert prove(data).returncode == 0, "unharmed, the copy proves"
    harm(data)
    run = prove(data)
    assert run.returncode == 1, run.stdout
    assert "wrong" in run.stdout


def prove(data):
    command = [sys.executable, "-m", "entrypoints.cli", "prove", "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def wait_for_event(file, name, within=90.0):
    end = time.monotonic() + within
    while time.monotonic() < end:
        if file.is_file():
            found = [json.loads(line) for line in file.read_text().splitlines() if f'"event": "{name}"' in line]
            if found:
                return found
        time.sleep(0.1)
    raise AssertionError(f"no event {name} within {within} s")


def start(tmp_path):
    return subprocess.Popen(
        [*COMMAND, "--machines", "1", "--port", "0", "--seed", "3",
         "--data", str(tmp_path / "data"), "--events", str(tmp_path / "events")],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.timeout(240)
def test_ctrl_c_ends_it_in_order(tmp_path):
    demo = start(tmp_path)
    wait_for_event(tmp_path / "events", "visit")
    demo.send_signal(signal.SIGINT)
    out, _ = demo.communicate(timeout=120)
    assert demo.returncode == 0, out
    assert prove(tmp_path / "data").returncode == 0


@pytest.mark.timeout(240)
def test_killed_it_leaves_no_process_and_loses_nothing(tmp_path):
    demo = start(tmp_path)
    file = tmp_path / "events"
    wait_for_event(file, "visit")
    demo.kill()
    demo.communicate()
    pids = [event["pid"] for event in wait_for_event(file, "start")]
    assert len(pids) >= 2
    end = time.monotonic() + 15
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < end, "a process outlived the demo"
        time.sleep(0.05)
    # Started again on the same folder, it takes up what was left open, and everything is proven.
    again = subprocess.run(
        [*COMMAND, "--machines", "1", "--port", "0", "--seed", "3", "--for", "1", "--data", str(tmp_path / "data")],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stdout + again.stderr
