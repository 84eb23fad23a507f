"""Read the body: every part that measures is asked once, and what does not answer is named instead of stopping it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import define, field

from application.ports.clock import Clock
from application.ports.hardware import Chute, Fitted, FittedBin, HardwareError, NotFitted
from domain.fleet.readings import BinReading, Readings

T = TypeVar("T")


@define
class ReadBody:
    """Call it to look at everything. It blocks as long as the slowest part does: keep it off the deciding thread."""

    chute: Chute
    fitted: Fitted
    clock: Clock

    def __call__(self) -> Readings:
        """Return what the parts say now; `at` is when the last of them had spoken. Raises nothing of theirs."""
        parts, round_ = self.fitted, _Round()
        bins = tuple(self._bin(one, round_) for one in parts.bins)
        item = round_.ask("chute", self.chute.present)
        counters = round_.ask("chute", self.chute.counters)
        motion = round_.ask("motor", parts.motions.last_motion) if parts.motions else None
        door_open = round_.ask("door", parts.door.is_open) if parts.door else None
        climate = round_.ask("climate", parts.climate.climate) if parts.climate else None
        return Readings(
            at=self.clock.now().mono,
            item=item,
            counters=counters,
            motion=motion,
            door_open=door_open,
            climate=climate,
            bins=bins,
            silent=tuple(dict.fromkeys(round_.silent)),
        )

    def _bin(self, one: FittedBin, round_: _Round) -> BinReading:
        distance = round_.ask(f"bin {one.name}", one.level.distance_mm)
        return BinReading(one.name, distance, one.empty_mm, one.full_mm)


@define
class _Round:
    silent: list[str] = field(factory=list)

    def ask(self, part: str, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except NotFitted:
            return None
        except HardwareError:
            self.silent.append(part)
            return None
