"""The contract of the platform's store refuses a store that loses, one that doubles, and one that is not atomic."""

import inspect
import shutil

import pytest

from adapters.sql.engine import open_engine, sqlite_url
from application.ports.repositories import Organisation
from tests.contracts import test_platform_store as contract
from tests.contracts.broken_stores import BROKEN, BrokenStore
from tests.platform.conftest import empty_database  # noqa: F401 - a fixture

CASES = {
    name: case
    for name, case in vars(contract).items()
    if name.startswith("test_") and list(inspect.signature(case).parameters) == ["begin"]
}


def refused(case, store) -> bool:
    """Tell whether a case of the contract fails on a store."""
    with store() as work:
        work.organisations.add(Organisation(contract.HOUSE, "House", 1))
        work._connection.commit()
    try:
        case(store)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - that is what refusing is
        return True
    return False


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_store_is_refused(how, tmp_path, empty_database):  # noqa: F811
    against = []
    for name, case in CASES.items():
        engine = open_engine(sqlite_url(shutil.copy(empty_database, tmp_path / f"{name}.db")))
        store = BrokenStore(engine, BROKEN[how])
        if refused(case, store):
            against.append(name)
        store.close()
    print(f"port UnitOfWork, adapter broken ({how}): {len(CASES)} cases, {len(against)} refuse it: {against}")
    assert len(CASES) > 10
    assert against, "a store that breaks its promise passed the contract"
    assert len(against) < len(CASES), "it is broken in one way, not in all"


def test_the_whole_store_is_refused_by_no_case(tmp_path, empty_database):  # noqa: F811
    """The same way of asking finds nothing against a store that is not broken."""
    from adapters.sql.unit_of_work import SqlUnitOfWork

    for name, case in CASES.items():
        engine = open_engine(sqlite_url(shutil.copy(empty_database, tmp_path / f"{name}.db")))
        store = BrokenStore(engine, SqlUnitOfWork)
        assert not refused(case, store), name
        store.close()
