"""Jobs run by worker processes: Dramatiq carries a job's id over Redis, and nothing else.

Dramatiq's own retries, age limits and dead letters are off: how often a job is tried, when again, and what became of it
stands in the database, which Redis may forget nothing of. A message that is lost is sent again; one that comes twice
finds that the job is taken.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker

from domain.jobs.job import Job, Queue

LOG = logging.getLogger("rvm.jobs")
REST = 1.0
"""Seconds for which Redis is left alone after a failure: a hundred jobs must not wait for it one after the other."""
IDLE_MS = 500
"""Milliseconds after which an idle worker looks again, at most."""
END_WITHIN_MS = 30_000
"""Milliseconds for jobs that run while a worker is stopped."""


class DramatiqDispatcher:
    """The dispatcher port over Redis: it sends; worker processes run."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        """Take a client with short time-outs, and the beginning of all keys."""
        self._actors = _actors(client, namespace, _elsewhere)
        self._rests_until = 0.0

    def send(self, job: Job) -> None:
        """Have a job run soon, by some worker. Used by one thread."""
        if time.monotonic() < self._rests_until:
            return
        try:
            self._actors[job.queue].send(job.id)
        except (redis.RedisError, dramatiq.errors.BrokerError) as error:
            self._rests_until = time.monotonic() + REST
            LOG.warning("jobs are not sent, Redis is away: %s", error)

    def start(self) -> None:
        """Nothing runs in this process."""

    def close(self) -> None:
        """Nothing runs in this process."""


class DramatiqWorker:
    """Runs jobs that were sent, in threads of this process, until it is stopped."""

    def __init__(
        self, client: redis.Redis, namespace: str, run: Callable[[str], object], queues: set[Queue], threads: int
    ) -> None:  # fmt: skip
        """Take what runs a job by its id, whose queues are served, and how many at once."""
        broker = _actors(client, namespace, run)[Queue.UPKEEP].broker
        self._worker = dramatiq.Worker(
            broker, queues={queue.value for queue in queues}, worker_timeout=IDLE_MS, worker_threads=threads
        )

    @property
    def alive(self) -> bool:
        """Whether all its threads run: those that listen to queues, and those that do jobs."""
        threads = [*self._worker.consumers.values(), *self._worker.workers]
        return bool(threads) and all(thread.is_alive() for thread in threads)

    def start(self) -> None:
        """Begin."""
        self._worker.start()

    def stop(self) -> None:
        """Take nothing new, finish what runs, and give back what was not begun."""
        self._worker.stop(timeout=END_WITHIN_MS)


def _actors(
    client: redis.Redis, namespace: str, run: Callable[[str], object]
) -> dict[Queue, dramatiq.Actor[[str], None]]:  # fmt: skip
    broker = RedisBroker(client=client, namespace=namespace, middleware=[])

    def run_job(id: str) -> None:
        try:
            run(id)
        except Exception:
            # The store may be away for a moment; the job stands there and is sent again.
            LOG.exception("job %s could not be run", id)

    return {
        queue: dramatiq.Actor(
            run_job, broker=broker, queue_name=queue.value, actor_name=f"run-{queue.value}", priority=0, options={}
        )
        for queue in Queue
    }


def _elsewhere(id: str) -> None:
    raise AssertionError("a process that only sends was asked to run a job")
