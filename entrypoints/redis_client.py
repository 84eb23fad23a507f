"""A client of Redis that never makes anybody wait: short time-outs, and no retries of its own."""

from __future__ import annotations

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

ANSWERS_WITHIN = 0.25
"""Seconds. Redis answers in less than a thousandth; who waits longer for it had better go on without."""


def open_redis(url: str) -> redis.Redis:
    """Return a client for `redis://...`, `rediss://...` or `unix://...`; it connects when it is first used."""
    return redis.Redis.from_url(
        url, socket_timeout=ANSWERS_WITHIN, socket_connect_timeout=ANSWERS_WITHIN, socket_keepalive=True,
        retry=Retry(NoBackoff(), 0), protocol=2,
    )  # fmt: skip
