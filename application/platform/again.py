"""Run a use case again when the store gave its transaction up: a deadlock, a serialisation failure, a lost connection.

Nothing was changed then, so the very same may be done again; a few times, at once (who was in the way has won and
is done with it). Whoever is outermost tries again: inside another's transaction there is nothing to go on with.
What broke during the commit is never done again here: it may be there (`Unsure`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from application.ports.unit_of_work import Interrupted, StoreBusy

TRIES = 5
"""How often something is begun before it is given up."""

P = ParamSpec("P")
T = TypeVar("T")
_inside: ContextVar[bool] = ContextVar("inside", default=False)


def again(use_case: Callable[P, T]) -> Callable[P, T]:
    """Make a use case try again, at most TRIES times in all. Raises StoreBusy when that was not enough."""

    @functools.wraps(use_case)
    def tried(*args: P.args, **named: P.kwargs) -> T:
        if _inside.get():
            return use_case(*args, **named)
        token = _inside.set(True)
        try:
            return _tried(lambda: use_case(*args, **named))
        finally:
            _inside.reset(token)

    return tried


def _tried(once: Callable[[], T]) -> T:
    for _ in range(TRIES - 1):
        try:
            return once()
        except Interrupted:
            continue
    try:
        return once()
    except Interrupted as last:
        raise StoreBusy(f"gave up after {TRIES} tries: {last}") from last
