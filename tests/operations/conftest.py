"""The production container on embedded parts, served over a real socket, without limits of how often one may ask."""

import pytest
import requests

from adapters.clock.system import SystemClock
from application.ports.clock import Clock
from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.platform import serving
from tests.api.callers import Platform
from tests.api.conformity import Conformity
from tests.api.conftest import quick_settings
from tests.api.travel import TravelClock
from tests.operations.street import Street

RATES = ("sign_in", "sign_in_network", "refresh", "provision", "sign_up", "session", "machine")


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    data = tmp_path_factory.mktemp("street")
    container = build_platform(quick_settings(data, **{f"rate_{name}": "0/1" for name in RATES}))
    clock = TravelClock(SystemClock(trusted=True))
    container.register(Clock, instance=clock)
    app = create_app(container)
    with serving(container, app) as url:
        yield Street.built(
            Platform(url=url, data=data, container=container, app=app, clock=clock, conformity=Conformity(app))
        )
    close_platform(container)


@pytest.fixture(scope="module")
def wire():
    """Connections that stay open from one request to the next."""
    with requests.Session() as session:
        yield session
