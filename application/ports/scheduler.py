"""How the one runner gets time: real on a machine, virtual in a simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Scheduler(Protocol):
    """Runs things later, and slow things aside, and brings everything back to one thread."""

    def after(self, delay_us: int, call: Callable[[], None]) -> None:
        """Call `call` on the deciding thread once `delay_us` microseconds have passed. Not cancellable."""

    def aside(self, work: Callable[[], T], done: Callable[[T | BaseException], None], *, cost: str) -> None:
        """Run blocking `work` off the deciding thread; call `done` there with its result or what it raised.

        `cost` names the kind of work (`recognise`, `move`, ...): virtual time charges it by name.
        """

    def soon(self, call: Callable[[], Any]) -> None:
        """Call `call` on the deciding thread, after what is already waiting. Safe from any thread."""
