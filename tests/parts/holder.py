"""A process that runs one job, and takes as long for it as the test wants.

    python -m tests.parts.holder DATABASE_URL JOB NOTES

It notes that it has begun, ends when its standard input says a word, and says what came of it.
"""

import os
import sys
from pathlib import Path

from adapters.clock.chance import SystemRandom
from adapters.clock.system import SystemClock
from adapters.jobs.pacemaker import ThreadPacemaker
from adapters.sql.engine import open_engine
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.run_job import Kind, Kinds, RunJob
from domain.jobs.job import SECONDS, Queue

LEASE = 2 * SECONDS


def runner(url, notes, wait=lambda: None):
    """What runs jobs of the kind `long`: each is noted, and takes as long as `wait`."""

    def run(job):
        with Path(notes).open("a") as file:
            file.write(f"{job.id} {os.getpid()}\n")
        wait()

    units = SqlUnitsOfWork(open_engine(url))
    kinds = Kinds.of(Kind("long", Queue.TRAINING, run, LEASE))
    return RunJob(units, SystemClock(trusted=True), SystemRandom(), kinds, ThreadPacemaker())


if __name__ == "__main__":
    url, job, notes = sys.argv[1:]
    print(runner(url, notes, sys.stdin.readline)(job).value, flush=True)
