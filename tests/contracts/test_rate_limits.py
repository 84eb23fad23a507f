"""What counting requests promises, on every adapter. Three broken adapters are found out."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from adapters.rate_limits.in_process import InProcessRateLimits
from adapters.rate_limits.redis_rate_limits import RedisRateLimits
from application.ports.rate_limits import RateLimitsAway
from domain.traffic.rate_limit import SECONDS, Rate, rule
from entrypoints.redis_client import open_redis
from tests.contracts.broken_rate_limits import BROKEN
from tests.platform.world import START, TestClock

FIVE = Rate("five", 5, 10 * SECONDS)
THREADS = 8


def so_many_at_once_and_then_evenly(limits, clock):
    assert [limits.take(FIVE, "ana") for _ in range(5)] == [0] * 5
    assert limits.take(FIVE, "ana") == 2 * SECONDS
    clock.advance(2 * SECONDS - 1)
    assert limits.take(FIVE, "ana") == 1
    clock.advance(1)
    assert limits.take(FIVE, "ana") == 0
    assert limits.take(FIVE, "ana") == 2 * SECONDS
    clock.advance(3600 * SECONDS)
    assert [limits.take(FIVE, "ana") for _ in range(6)] == [0] * 5 + [2 * SECONDS]


def callers_and_rates_are_counted_apart(limits, clock):
    other = Rate("other", 5, 10 * SECONDS)
    for rate, caller in ((FIVE, "ana"), (FIVE, "budi"), (other, "ana")):
        assert [limits.take(rate, caller) for _ in range(6)] == [0] * 5 + [2 * SECONDS]


def it_is_the_rule_to_the_microsecond(limits, clock):
    chance = random.Random(20)
    rate, due = Rate("odd", 7, 1_000_003), None
    for _ in range(300):
        clock.advance(chance.choice([0, 1, 999, 142_858, 300_000, 2_000_000]))
        ruling = rule(rate, due, clock.now().mono)
        due = ruling.due
        assert limits.take(rate, "ana") == ruling.wait


def however_many_ask_at_once_not_one_more_gets_through(limits, clock):
    rate = Rate("hundred", 100, 3600 * SECONDS)
    with ThreadPoolExecutor(THREADS) as together:
        waits = list(together.map(lambda _: limits.take(rate, "ana"), range(400)))
    assert waits.count(0) == 100


PROMISES = (
    so_many_at_once_and_then_evenly,
    callers_and_rates_are_counted_apart,
    it_is_the_rule_to_the_microsecond,
    however_many_ask_at_once_not_one_more_gets_through,
)


@contextmanager
def in_process(request, clock):
    yield InProcessRateLimits(clock)


@contextmanager
def in_redis(request, clock):
    client = open_redis(request.getfixturevalue("redis_server").url)
    prefix = request.getfixturevalue("redis_prefix")
    client.delete(*client.scan_iter(f"{prefix}:*"), "nothing")
    yield RedisRateLimits(client, prefix, clock)
    client.close()


@pytest.mark.parametrize("adapter", [in_process, in_redis], ids=lambda adapter: adapter.__name__)
def test_every_adapter_keeps_every_promise(request, adapter, told):
    for promise in PROMISES:
        clock = TestClock()
        with adapter(request, clock) as limits:
            promise(limits, clock)
    told("RateLimits", adapter.__name__, len(PROMISES))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_adapter_is_found_out(broken, told):
    caught = []
    for promise in PROMISES:
        clock = TestClock()
        try:
            promise(broken(clock), clock)
        except AssertionError:
            caught.append(promise.__name__)
    told("RateLimits", broken.__name__, len(PROMISES), len(caught))
    assert caught


def test_redis_counts_by_its_own_clock_and_forgets_by_itself(redis_server, redis_prefix):
    client = open_redis(redis_server.url)
    two = [RedisRateLimits(client, redis_prefix) for _ in range(2)]
    rate = Rate("ten", 10, 600 * SECONDS)
    waits = [two[number % 2].take(rate, "ana") for number in range(11)]
    assert waits[:10] == [0] * 10
    assert 59 * SECONDS < waits[10] <= 60 * SECONDS
    (key,) = client.scan_iter(f"{redis_prefix}:*")
    assert 590_000 < client.pttl(key) <= 600_000
    client.close()


def test_a_redis_that_is_not_there_is_said_to_be_away(redis_prefix):
    limits = RedisRateLimits(open_redis("redis://127.0.0.1:1/0"), redis_prefix)
    with pytest.raises(RateLimitsAway):
        limits.take(FIVE, "ana")


def test_a_process_forgets_whose_time_is_over_and_never_grows_without_end():
    clock = TestClock(START)
    limits = InProcessRateLimits(clock, most=10)
    for number in range(10):
        limits.take(FIVE, f"early {number}")
    clock.advance(2 * SECONDS)
    for number in range(9):
        assert limits.take(FIVE, f"late {number}") == 0
    assert len(limits._due) == 9
    for number in range(100):
        limits.take(FIVE, f"many {number}")
        assert len(limits._due) <= 10
