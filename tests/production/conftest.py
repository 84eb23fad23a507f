"""One stand for all that is done to it: what is taken away in one test is given back before the next."""

import pytest

from tests.production.stand import standing


@pytest.fixture(scope="session")
def stand():
    with standing() as one:
        yield one
