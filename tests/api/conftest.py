"""A platform that serves over a real socket, and the people, operators and machines that call it."""

import pytest

from adapters.clock.system import SystemClock
from application.ports.clock import Clock
from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.platform import serving
from entrypoints.settings import PlatformSettings
from tests.api.callers import Platform
from tests.api.conformity import Conformity
from tests.api.travel import TravelClock


def quick_settings(data, **changes):
    """Password hashes that cost nothing, a port that is free."""
    return PlatformSettings(
        data=data, port=0, password_memory_kib=64, password_passes=1, password_lanes=1, _env_file=None, **changes
    )


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """One platform for a module's tests: each test brings its own people and machines."""
    data = tmp_path_factory.mktemp("platform")
    container = build_platform(quick_settings(data))
    clock = TravelClock(SystemClock(trusted=True))
    container.register(Clock, instance=clock)
    app = create_app(container)
    with serving(container, app) as url:
        platform = Platform(url=url, data=data, container=container, app=app, clock=clock, conformity=Conformity(app))
        platform.publish_prices()
        yield platform
    close_platform(container)


@pytest.fixture
def person(platform):
    """Somebody who is signed in."""
    return platform.person()


@pytest.fixture
def operator(platform):
    """Somebody who runs machines."""
    return platform.operator()


@pytest.fixture
def machine(platform):
    """A machine with a key and a journal."""
    return platform.machine()
