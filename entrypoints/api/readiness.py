"""Which parts the platform stands on, and how each is right now."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from application.ports.events import Events
from application.ports.objects import Objects, ObjectsFailed
from application.ports.unit_of_work import StoreError, UnitOfWorkFactory
from entrypoints.api.use import Parts
from entrypoints.relay import Relay
from entrypoints.settings import PlatformSettings

WITHOUT_REDIS = (
    "what happens in other processes is seen two or three seconds late, each process limits rates for itself, and jobs "
    "wait"
)


@frozen
class Part:
    """Something that may be away."""

    name: str
    needed: bool
    """Whether nothing works without it."""
    without: str
    """What is different while it is away."""
    look: Callable[[Parts], str | None]
    """Returns what is wrong with it now, or None."""
    there: Callable[[Parts], bool] = lambda _: True
    """Whether this platform has it at all."""


@frozen
class Looked:
    """A part, and what was wrong with it when it was looked at."""

    part: Part
    trouble: str | None


def look_at_all(parts: Parts) -> Iterator[Looked]:
    """Look at each part, those first without which nothing works."""
    for part in PARTS:
        if not part.there(parts):
            continue
        yield Looked(part, part.look(parts))


def _store(parts: Parts) -> str | None:
    unit_of_work: UnitOfWorkFactory = parts.get(UnitOfWorkFactory)
    try:
        with unit_of_work(read_only=True) as work:
            work.organisations.all()
    except StoreError:
        return "the store does not answer"
    return None


def _relay(parts: Parts) -> str | None:
    return None if parts.get(Relay).alive else "the relay does not run: nothing live moves"


def _objects(parts: Parts) -> str | None:
    objects: Objects = parts.get(Objects)
    try:
        objects.check()
    except ObjectsFailed as failed:
        return str(failed)
    return None


def _redis(parts: Parts) -> str | None:
    events: Events = parts.get(Events)
    return events.trouble


def _has_redis(parts: Parts) -> bool:
    settings: PlatformSettings = parts.get(PlatformSettings)
    return bool(settings.redis_url.get_secret_value())


PARTS = (
    Part("store", needed=True, without="nothing can be recorded or read", look=_store),
    Part("relay", needed=True, without="what is committed is not told to anybody", look=_relay),
    Part("objects", needed=False, without="pictures can neither be sent nor seen; deposits are paid", look=_objects),
    Part("redis", needed=False, without=WITHOUT_REDIS, look=_redis, there=_has_redis),
)
"""A new part is one more line here."""
