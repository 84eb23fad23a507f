"""The contract of clock, ids and chance, by the operating system's and the simulated ones."""

from __future__ import annotations

import time
import uuid

import pytest

from adapters.clock.chance import SystemRandom, Uuid7Source
from adapters.clock.system import SystemClock
from simulators.clock import SeededIds, SeededRandom, VirtualClock

THREE_DAYS = 3 * 24 * 3600 * 1_000_000


class World:
    """Time that passes by a microsecond whenever somebody looks."""

    def __init__(self):
        self.time = 0

    def now(self):
        self.time += 1
        return self.time


@pytest.fixture(params=["system", "virtual"])
def clock(request):
    if request.param == "system":
        return SystemClock(skew_us=-THREE_DAYS)
    return VirtualClock(World().now, wall_at_zero=1_800_000_000_000_000, skew_us=-THREE_DAYS)


@pytest.fixture(params=["system", "seeded"])
def ids(request):
    return Uuid7Source() if request.param == "system" else SeededIds(World().now, seed=1)


@pytest.fixture(params=["system", "seeded"])
def chance(request):
    return SystemRandom() if request.param == "system" else SeededRandom(1)


def test_time_since_boot_starts_near_zero_and_never_goes_back(clock):
    readings = [clock.now().mono for _ in range(1_000)]
    assert readings == sorted(readings)
    assert 0 <= readings[0] < 10_000_000


def test_time_passes(clock):
    began = clock.now().mono
    for _ in range(100_000):  # however coarse its steps are, so many looks take longer
        if clock.now().mono > began:
            return
    pytest.fail("it stands")


def test_a_clock_is_trusted_once_it_was_set(clock):
    before = clock.now()
    clock.set(before.wall + THREE_DAYS)
    after = clock.now()

    assert not before.trusted
    assert after.trusted
    assert 0 <= after.wall - before.wall - THREE_DAYS < 5_000_000
    assert 0 <= after.mono - before.mono < 5_000_000, "setting the time of day moves nothing else"


def test_a_servers_clock_is_trusted_from_the_start():
    reading = SystemClock(trusted=True).now()
    assert reading.trusted
    assert abs(reading.wall - time.time_ns() // 1_000) < 5_000_000


def test_ids_rise(ids):
    made = [ids.next() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_are_uuids_of_version_7(ids):
    for text in [ids.next() for _ in range(100)]:
        parsed = uuid.UUID(text)
        assert (parsed.version, parsed.variant, str(parsed)) == (7, uuid.RFC_4122, text)


def test_an_id_tells_its_millisecond():
    milliseconds = uuid.UUID(Uuid7Source().next()).int >> 80
    assert abs(milliseconds - time.time_ns() // 1_000_000) < 5_000


def test_fractions_are_within_one(chance):
    fractions = [chance.fraction() for _ in range(1_000)]
    assert all(0 <= fraction < 1 for fraction in fractions)
    assert len(set(fractions)) > 900


def test_tokens_have_their_size_and_differ(chance):
    assert len({chance.token(16) for _ in range(100)}) == 100
    assert len(chance.token(5)) == 5


def test_the_same_seed_gives_the_same_world():
    one, two = (SeededIds(World().now, seed=4) for _ in range(2))
    assert [one.next() for _ in range(5)] == [two.next() for _ in range(5)]
    assert SeededRandom(4).token(8) == SeededRandom(4).token(8)
    assert SeededIds(World().now, seed=5).next() != SeededIds(World().now, seed=4).next()
