"""The Scheduler in virtual time: costs by name instead of waiting, and plugs that can be pulled."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeVar

import simpy
from attrs import frozen

T = TypeVar("T")


@frozen
class Cost:
    """What a piece of work takes, microseconds: until its effect happens, and from then until the answer is there."""

    before: int
    after: int = 0


COSTS: Mapping[str, Cost] = {
    "boot": Cost(800_000, 200_000),
    "capture": Cost(60_000, 10_000),
    "watch": Cost(80_000, 10_000),
    "recognise": Cost(150_000, 10_000),
    "move": Cost(1_200_000, 300_000),
    "inspect": Cost(20_000, 5_000),
    "journal": Cost(4_000, 1_000),
    "verify": Cost(1_000),
    "claim": Cost(90_000, 60_000),
    "ask": Cost(60_000, 40_000),
    "send": Cost(120_000, 60_000),
    "configuration": Cost(60_000, 40_000),
    "report": Cost(60_000, 40_000),
    "locate": Cost(500),
    "read": Cost(1_000),
    "acknowledge": Cost(4_000),
    "keep": Cost(4_000),
    "picture": Cost(8_000),
    "send picture": Cost(400_000, 60_000),
}
"""What work takes on a machine, as far as it was measured or read from data sheets; what is not named takes DEFAULT."""
DEFAULT = Cost(50_000, 10_000)


class PlugPulled(Exception):
    """Raised out of the midst of a step by whoever pulls the plug there; nothing of that life goes on."""


class VirtualScheduler:
    """One machine's time in a simpy environment whose unit is the microsecond. It dies when the plug is pulled."""

    def __init__(self, env: simpy.Environment, costs: Mapping[str, Cost] = COSTS) -> None:
        """Begin in `env` now."""
        self._env = env
        self._costs = costs
        self._alive = True

    def after(self, delay_us: int, call: Callable[[], None]) -> None:
        """Call `call` once `delay_us` microseconds of virtual time have passed."""
        self._env.process(self._later(delay_us, call))

    def soon(self, call: Callable[[], Any]) -> None:
        """Call `call` after what is already waiting."""
        self._env.process(self._later(0, call))

    def aside(self, work: Callable[[], T], done: Callable[[T | BaseException], None], *, cost: str) -> None:
        """Charge for the work, let its effect happen, and hand its result, or what it raised, to `done`."""
        charged = self._costs.get(cost, DEFAULT)

        def run() -> Generator[simpy.Event, None, None]:
            yield self._env.timeout(charged.before)
            if not self._alive:
                return
            result: T | BaseException
            try:
                result = work()
            except Exception as raised:  # noqa: BLE001 (whoever asked must hear of it)
                result = raised
            yield self._env.timeout(charged.after)
            self._call(lambda: done(result))

        self._env.process(run())

    def pull_the_plug(self) -> None:
        """Let nothing that was begun go on."""
        self._alive = False

    def _later(self, delay_us: int, call: Callable[[], Any]) -> Generator[simpy.Event, None, None]:
        yield self._env.timeout(delay_us)
        self._call(call)

    def _call(self, call: Callable[[], Any]) -> None:
        if not self._alive:
            return
        try:
            call()
        except PlugPulled:
            self._alive = False
