"""Every contract refuses an adapter that loses, one that doubles, and one that is not atomic, kept for the purpose.

Those of Events, Dispatcher, RateLimits, Objects and Pictures are tried beside their suites, those of clocks, eyes and
parts in `test_broken_senses`. `tests/house/test_contracts.py` sees that none is forgotten.
"""

import itertools
import shutil
import types
from contextlib import contextmanager

import pytest

from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.unit_of_work import SqlUnitOfWork
from simulators.journal import SimulatedDisk, SimulatedJournal
from simulators.uplink import SimulatedUplink
from tests.contracts import (
    broken_journals,
    broken_schedulers,
    broken_stores,
    broken_uplinks,
    test_care_store,
    test_jobs_store,
    test_journal,
    test_months,
    test_platform_store,
    test_scheduler,
    test_uplink,
)
from tests.contracts.refusing import broken_in_one_way, cases_of, refusing
from tests.platform.conftest import empty_database  # noqa: F401 - a fixture

_numbers = itertools.count(1)
STORES = {
    "UnitOfWork": test_platform_store, "Care": test_care_store, "Jobs": test_jobs_store, "Months": test_months,
}  # fmt: skip


@pytest.mark.parametrize("how", broken_stores.BROKEN)
@pytest.mark.parametrize("port", STORES)
def test_a_broken_store_is_refused(port, how, tmp_path, empty_database, told):  # noqa: F811
    cases = cases_of(STORES[port], ("begin",))
    kind = broken_stores.BROKEN_MONTHS[how] if port == "Months" else broken_stores.BROKEN[how]
    against = refusing(cases, stores(STORES[port], kind, tmp_path, empty_database))
    told(port, how, len(cases), len(against))
    broken_in_one_way(cases, against)


@pytest.mark.parametrize("port", STORES)
def test_a_store_that_is_not_broken_is_refused_by_no_case(port, tmp_path, empty_database):  # noqa: F811
    cases = cases_of(STORES[port], ("begin",))
    assert refusing(cases, stores(STORES[port], SqlUnitOfWork, tmp_path, empty_database)) == []


def stores(contract, kind, folder, empty):
    """Stores of a kind, each on a database of its own, prepared as the contract's fixture does (and surely kept)."""

    @contextmanager
    def one(_):
        file = shutil.copy(empty, folder / f"{next(_numbers)}.db")
        store = broken_stores.BrokenStore(open_engine(sqlite_url(file)), kind)
        whole = broken_stores.BrokenStore(store.engine, SqlUnitOfWork)
        contract.founded(whole)
        yield [store]
        store.close()

    return one


@pytest.mark.parametrize("kind", broken_journals.BROKEN)
def test_a_broken_journal_is_refused(kind, told):
    cases = cases_of(test_journal, ("journal",), ("place",))
    assert refusing(cases, journals(SimulatedJournal)) == []
    against = refusing(cases, journals(kind))
    told("Journal", kind.__name__, len(cases), len(against))
    broken_in_one_way(cases, against)


def journals(kind):
    @contextmanager
    def one(parameters):
        place = test_journal.InMemory(None)
        place.open = lambda: kind(place.disk)
        assert isinstance(place.disk, SimulatedDisk)
        yield [place if parameters == ("place",) else place.open()]

    return one


@pytest.mark.parametrize("kind", broken_uplinks.BROKEN)
def test_a_broken_uplink_is_refused(kind, tmp_path, told):
    cases = cases_of(test_uplink, ("platform",), ("uplink",), ("platform", "uplink"))
    assert refusing(cases, uplinks(SimulatedUplink, tmp_path)) == []
    against = refusing(cases, uplinks(kind, tmp_path))
    told("Uplink", kind.__name__, len(cases), len(against))
    broken_in_one_way(cases, against)


def uplinks(kind, folder):
    @contextmanager
    def one(parameters):
        platform = test_uplink.Simulated(folder)
        connected = platform.machine

        def machine():
            id_, _ = connected()
            return id_, kind(platform.platform, id_)

        platform.machine = machine
        made = {"platform": lambda: platform, "uplink": lambda: platform.machine()[1]}
        yield [made[name]() for name in parameters]

    return one


@pytest.mark.parametrize("kind", broken_schedulers.BROKEN)
def test_a_broken_scheduler_is_refused(kind, told, monkeypatch):
    monkeypatch.setattr(test_scheduler, "PATIENCE_S", 1)  # what it loses never comes
    cases = cases_of(test_scheduler, ("world",))
    against = refusing(cases, schedulers(kind))
    told("Scheduler", kind.__name__, len(cases), len(against))
    broken_in_one_way(cases, against)


def schedulers(kind):
    @contextmanager
    def one(_):
        world = test_scheduler.RealTime()
        world.scheduler = kind()
        yield [world]
        world.scheduler.stop()

    return one


def test_every_contract_has_cases_and_its_three_broken_adapters():
    """None is empty, and whoever adds a case need not think of this table."""
    for port, contract in STORES.items():
        assert len(cases_of(contract, ("begin",))) >= (3 if port == "Months" else 7), port
    for module in (broken_journals, broken_uplinks, broken_schedulers):
        assert isinstance(module, types.ModuleType)
        assert [kind.__name__ for kind in module.BROKEN] == ["Losing", "Doubling", "NotAtomic"]
    assert list(broken_stores.BROKEN) == list(broken_stores.BROKEN_MONTHS) == ["loses", "doubles", "not atomic"]
