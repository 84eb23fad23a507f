"""How a room gets the use cases it calls: from the container, made once for each app."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

import punq
from fastapi import Depends
from starlette.requests import HTTPConnection

T = TypeVar("T")


class Parts:
    """What the container makes, each made once: use cases hold no state, so all requests share them."""

    def __init__(self, container: punq.Container) -> None:
        """Keep the container."""
        self._container = container
        self._made: dict[Any, Any] = {}
        self._lock = threading.Lock()

    def get(self, kind: Callable[..., T]) -> T:
        """Return the one of its kind."""
        made = self._made.get(kind)
        if made is None:
            with self._lock:
                made = self._made.setdefault(kind, self._container.resolve(kind))
        return cast("T", made)


def parts(connection: HTTPConnection) -> Parts:
    """Return the parts of the app that a request or a WebSocket came to."""
    return cast("Parts", connection.app.state.parts)


def use(kind: Any) -> Any:
    """Name the use case or the port that an endpoint takes, in the annotation of its parameter."""

    async def resolved(connection: HTTPConnection) -> Any:
        return parts(connection).get(kind)

    return Depends(resolved)
