"""A desk that lives: its time runs on while things happen in it, in one thread, and calls come when they are due.

It is a Scheduler too. What blocks (a motion, a measurement) lets the body's time pass step by step, and what falls due
meanwhile is called from there: a hand may halt a motor that turns. Same seed, same touches: same run.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from attrs import define

from application.ports.hardware import ItemPresence, Notice
from simulators.bench.desk import Desk
from simulators.firmware.drive import HALTED
from simulators.physics.belt import Lies

T = TypeVar("T")

COSTS: Mapping[str, int] = {
    "boot": 1_000_000, "capture": 60_000, "watch": 60_000, "recognise": 150_000, "journal": 5_000,
}  # fmt: skip
"""What work takes that is not physical, microseconds; what is not named takes DEFAULT."""
DEFAULT = 2_000
SEEN_MS = 20
"""The item sensor's level counts once it held so long."""


@define
class Powered:
    """A desk's Scheduler until it loses power; then it does nothing any more."""

    _desk: Clockwork
    _power_cuts: int

    def after(self, delay_us: int, call: Callable[[], None]) -> None:
        """Call `call` once that time has passed, if there is power then."""
        if self._power_cuts == self._desk.power_cuts:
            self._desk.after(delay_us, call)

    def soon(self, call: Callable[[], Any]) -> None:
        """Call `call` after what is already waiting."""
        self.after(0, call)

    def aside(self, work: Callable[[], T], done: Callable[[T | BaseException], None], *, cost: str) -> None:
        """Charge for the work, do it, and hand on what comes of it."""
        if self._power_cuts == self._desk.power_cuts:
            self._desk.aside(work, done, cost=cost)


class Clockwork(Desk):
    """A desk, its Scheduler, and its NoticeSource. `costs` may say otherwise what work takes."""

    def __init__(self, seed: int, bins: tuple[str, ...] = ("all",), costs: Mapping[str, int] = COSTS) -> None:
        """Nothing is due yet."""
        super().__init__(seed, bins)
        self._costs = costs
        self._due: list[tuple[int, int, Callable[[], Any]]] = []
        self._numbers = itertools.count()
        self._listener: Callable[[Notice], None] | None = None
        self._present = False
        self._power_cuts = 0
        self._other_ms = 0
        self.each_millisecond: list[Callable[[], None]] = []
        """What else goes on in the world: a string that is pulled, a sensor that goes mad."""

    # ------------------------------------------------------------ time

    @property
    def now(self) -> int:
        """Microseconds since the beginning."""
        return self.body.now_us

    def step(self) -> None:
        """Let one millisecond pass, and whatever falls due."""
        super().step()
        for goes_on in self.each_millisecond:
            goes_on()
        self._feel()
        while self._due and self._due[0][0] <= self.now:
            heapq.heappop(self._due)[2]()

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        end = self.now + round(seconds * 1_000_000)
        while self.now < end:
            self.step()

    def until(self, true: Callable[[], bool], within_s: float) -> bool:
        """Let time pass until it is true; return whether it came true in that time."""
        end = self.now + round(within_s * 1_000_000)
        while not true():
            if self.now >= end:
                return False
            self.step()
        return True

    def when(self, true: Callable[[], object], do: Callable[[], None], *, after_s: float = 0.0) -> None:
        """Do something once, that long after it has come true: also while the motor turns."""
        waits = True

        def look() -> None:
            nonlocal waits
            if waits and true():
                waits = False
                self.after(round(after_s * 1_000_000), do)

        self.each_millisecond.append(look)

    # ------------------------------------------------------------ Scheduler

    def after(self, delay_us: int, call: Callable[[], None]) -> None:
        """Call `call` once that time has passed."""
        heapq.heappush(self._due, (self.now + delay_us, next(self._numbers), call))

    def soon(self, call: Callable[[], Any]) -> None:
        """Call `call` after what is already waiting."""
        self.after(0, call)

    def aside(self, work: Callable[[], T], done: Callable[[T | BaseException], None], *, cost: str) -> None:
        """Charge for the work, do it, and hand its result, or what it raised, to `done`."""
        power_cuts = self._power_cuts

        def run() -> None:
            result: T | BaseException
            try:
                result = work()
            except Exception as raised:  # noqa: BLE001 (whoever asked must hear of it)
                result = raised
            if power_cuts == self._power_cuts:
                done(result)

        self.after(self._costs.get(cost, DEFAULT), run)

    def powered(self) -> Powered:
        """Return a Scheduler for what lives until the next power cut."""
        return Powered(self, self._power_cuts)

    @property
    def power_cuts(self) -> int:
        """How often it lost power."""
        return self._power_cuts

    def forget(self) -> None:
        """Lose power: nothing that was begun goes on, the motor's driver is off, and nobody listens."""
        self._power_cuts += 1
        self.device.drive.stop(HALTED)
        self._due.clear()
        self._listener = None

    # ------------------------------------------------------------ notices

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Tell `listener` of presence: now, and whenever it changes."""
        self._listener = listener
        listener(ItemPresence(self._present))

    def _feel(self) -> None:
        seen = self.body.item_seen()
        self._other_ms = self._other_ms + 1 if seen != self._present else 0
        if self._other_ms < SEEN_MS:
            return
        self._present, self._other_ms = seen, 0
        if self._listener is not None:
            self._listener(ItemPresence(seen))

    # ------------------------------------------------------------ hands

    def clear_away(self) -> None:
        """Forget the items that nothing can happen to any more."""
        items = self.body.belt.items
        items[:] = [item for item in items if item.lies in (Lies.BELT, Lies.OPENING)] + [
            item for item in items if item.lies is Lies.BIN
        ][-1:]
