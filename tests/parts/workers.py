"""Two workers of one platform: each with its own container, API and WebSockets; one database, one Redis."""

from contextlib import ExitStack, contextmanager

from attrs import evolve, frozen

from application.ports.clock import Clock
from application.ports.events import Events
from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.platform import serving
from tests.api.callers import Platform
from tests.api.conformity import Conformity
from tests.api.conftest import quick_settings

LISTENS_WITHIN = 10


@frozen
class Workers:
    """The first one relays; the second one hears of everything through Redis alone."""

    first: Platform
    second: Platform

    def at_second(self, person):
        """The same person, calling the other worker."""
        return evolve(person, platform=self.second)


@contextmanager
def two_workers(data, redis_url, prefix, **more):
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(worker(data, redis_url=redis_url, redis_prefix=prefix, relay=relays, **more))
            for relays in (True, False)
        )
        first.publish_prices()
        yield Workers(first, second)


@contextmanager
def worker(data, **settings):
    container = build_platform(quick_settings(data, **settings))
    app = create_app(container)
    try:
        with serving(container, app) as url:
            events = container.resolve(Events)
            if settings.get("redis_url"):
                assert events.await_listening(LISTENS_WITHIN)
            yield Platform(url, data, container, app, container.resolve(Clock), Conformity(app))
    finally:
        close_platform(container)
