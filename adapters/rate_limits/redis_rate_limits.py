"""Requests counted in Redis: one key a caller, judged and kept by one script, which Redis runs alone (EVALSHA)."""

from __future__ import annotations

import redis

from application.ports.clock import Clock
from application.ports.rate_limits import RateLimitsAway
from domain.traffic.rate_limit import Rate

# The rule of domain.traffic.rate_limit. The time is Redis' own, so that all workers count by one clock.
_RULE = """
local interval, tolerance, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wait = due - tolerance - now
if wait > 0 then
  return wait
end
due = due + interval
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
return 0
"""
_ITS_OWN_TIME = -1


class RedisRateLimits:
    """The rate limits port in Redis."""

    def __init__(self, client: redis.Redis, prefix: str, clock: Clock | None = None) -> None:
        """Take a client with short time-outs and the beginning of all keys; `clock` instead of Redis' own time."""
        self._rule = client.register_script(_RULE)
        self._prefix = prefix
        self._clock = clock

    def take(self, rate: Rate, caller: str) -> int:
        """Count a request; returns the microseconds to wait, 0 when it was let through. Raises RateLimitsAway."""
        now = self._clock.now().mono if self._clock is not None else _ITS_OWN_TIME
        try:
            return int(self._rule([f"{self._prefix}:{rate.name}:{caller}"], [rate.interval, rate.tolerance, now]))
        except redis.RedisError as error:
            raise RateLimitsAway(str(error)) from error
