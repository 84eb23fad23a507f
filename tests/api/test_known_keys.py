"""A key is remembered for a moment, and for no longer."""

import asyncio

import pytest

from application.platform.errors import UnknownMachine
from domain.fleet.machine import Machine
from entrypoints.api import known_keys
from entrypoints.api.known_keys import REMEMBERED, KnownKeys


class Store:
    """Machines by key, and how often it was asked."""

    def __init__(self):
        self.machines = {}
        self.asked = 0

    def __call__(self, key):
        self.asked += 1
        if key not in self.machines:
            raise UnknownMachine("no machine has this key")
        return self.machines[key]


@pytest.fixture
def time():
    return [0.0]


@pytest.fixture
def keys(time):
    return KnownKeys(lambda: time[0])


def ask(keys, key, store):
    return asyncio.run(keys.machine(key, store))


def made(number):
    return Machine(str(number), "o", f"Machine {number}", f"{number:064}", 0)


def test_a_key_is_asked_for_once_in_a_while(keys, time):
    store = Store()
    store.machines["a"] = made(1)
    assert ask(keys, "a", store) == ask(keys, "a", store) == made(1)
    assert store.asked == 1
    del store.machines["a"]
    time[0] = REMEMBERED
    with pytest.raises(UnknownMachine):
        ask(keys, "a", store)


def test_who_is_unknown_is_asked_for_each_time(keys):
    store = Store()
    for _ in range(2):
        with pytest.raises(UnknownMachine):
            ask(keys, "b", store)
    assert store.asked == 2
    store.machines["b"] = made(2)
    assert ask(keys, "b", store) == made(2)


def test_it_never_grows_without_end(keys, monkeypatch):
    monkeypatch.setattr(known_keys, "MOST", 3)
    store = Store()
    for number in range(10):
        store.machines[str(number)] = made(number)
        ask(keys, str(number), store)
    assert len(keys._machines) <= 3
