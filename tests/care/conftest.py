"""A platform on every store."""

import pytest

from tests.care.world import CareWorld
from tests.platform.conftest import empty_database, memory_store, sqlite_store, store  # noqa: F401 - fixtures


@pytest.fixture
def care(store):  # noqa: F811
    return CareWorld(store)
