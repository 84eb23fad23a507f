"""The process is killed with -9 at a random moment: what it said was written is there."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

from adapters.journal.apsw_journal import ApswJournal
from adapters.journal.reading import check

SEED = 9


def kill_at_random(path, times, chance):
    acknowledged = []
    for life in range(times):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journal.appending", str(path), str(1_000_000 * (life + 1))],
            stdout=subprocess.PIPE,
            text=True,
        )
        acknowledged.append(process.stdout.readline().strip())
        # The moment is drawn from the clock, not from what the process does: any instruction may be the last.
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        # A line that was cut short by the kill was not told.
        acknowledged += [line for line in process.stdout.read().split() if len(line) == 64]
        process.wait()

        journal = ApswJournal(path)
        held = [entry.hash for entry in journal.after(None, 1_000_000)]
        journal.close()
        assert held[: len(acknowledged)] == acknowledged, f"life {life}"
        assert len(held) <= len(acknowledged) + 1
        acknowledged = held
    return acknowledged


def test_killed_a_few_times(tmp_path):
    print(f"seed {SEED}")
    held = kill_at_random(tmp_path / "journal.db", 4, random.Random(SEED))
    assert check(tmp_path / "journal.db") == len(held)


@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_two_hundred_times(tmp_path):
    print(f"seed {SEED}")
    held = kill_at_random(tmp_path / "journal.db", 200, random.Random(SEED + 1))
    print(f"{len(held)} entries over 200 kills")
    assert check(tmp_path / "journal.db") == len(held)
