"""A worker: takes jobs off the queues and does them, beside the processes that answer requests.

    rvm platform worker --queue images --queue fraud --alive /tmp/alive

It ends in good order on SIGTERM: nothing new is begun, what runs is finished, or put back for another when that takes
too long. Killed, its jobs are done by another when their leases are over.
Nobody calls a worker, so that it is well is told by the age of a file: every five seconds it is touched.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from application.platform.run_job import RunJob
from domain.jobs.job import Queue
from entrypoints.container import build_platform, close_platform, resolved
from entrypoints.settings import PlatformSettings

BEAT_SECONDS = 5.0
"""Between two touches of the file that tells that the worker is well."""


def work(
    queues: Sequence[Queue], threads: int, say: Callable[[str], None] = print, settings: PlatformSettings | None = None,
    alive: Path | None = None,
) -> int:  # fmt: skip
    """Work until a signal stops it. Returns the exit status."""
    from adapters.jobs.dramatiq_jobs import DramatiqWorker
    from entrypoints.redis_client import open_redis

    chosen = settings or PlatformSettings()
    if not chosen.redis_url.get_secret_value():
        say("a worker needs RVM_PLATFORM_REDIS_URL; without it the platform's own process does the jobs")
        return 2
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    container = build_platform(chosen)
    try:
        worker = DramatiqWorker(
            open_redis(chosen.redis_url.get_secret_value()), f"{chosen.redis_prefix}:jobs", resolved(container, RunJob),
            set(queues or Queue), threads,
        )  # fmt: skip
        worker.start()
        say(f"MyRVM worker on {', '.join(queue.value for queue in queues or Queue)}")
        while well := worker.alive:
            if alive is not None:
                alive.touch()
            if stopped.wait(BEAT_SECONDS):
                break
        worker.stop()
        say("MyRVM worker has ended" if well else "a thread of the worker has died")
    finally:
        close_platform(container)
    return 0 if well else 1
