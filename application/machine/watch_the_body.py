"""Watch the body: look at its parts again and again, let the rules say what it means, and tell the intake.

It decides nothing: what a reading means stands in `domain.body`, what is done about it in `domain.deposits.intake`.
The opening is looked at often (a motor may turn, and what a hand brings is looked at), the bins seldom.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from attrs import evolve, frozen

from application.machine.report_telemetry import Look
from application.machine.take_in import TakeIn
from application.ports.clock import Clock
from application.ports.hardware import (
    Chute,
    Fitted,
    FittedBin,
    HardwareError,
    ItemPresence,
    NotFitted,
    Notice,
    WrongFirmware,
)
from application.ports.scheduler import Scheduler
from domain.body.consequences import consequences
from domain.body.findings import Finding
from domain.body.frame_quality import Figures
from domain.body.lens import Lens
from domain.body.watch import BodyWatch
from domain.deposits.intake.state import ItemState
from domain.fleet.readings import BinReading, Readings
from domain.fleet.telemetry import named, word

T = TypeVar("T")
_log = logging.getLogger(__name__)


@frozen
class Pace:
    """How often what is looked at, microseconds."""

    opening: int = 40_000
    """Always: a hand has to be seen before the picture that it spoils is decided on."""
    parts: int = 250_000
    bins: int = 5_000_000


class WatchTheBody:
    """One life's watch. All of it runs on the scheduler's deciding thread, save the reading itself."""

    def __init__(
        self,
        take_in: TakeIn,
        scheduler: Scheduler,
        chute: Chute,
        fitted: Fitted,
        clock: Clock,
        *,
        pace: Pace | None = None,
        changed: Callable[[frozenset[Finding]], None] = lambda _: None,
        clean: Figures | None = None,
    ) -> None:
        """`changed` is told all that stands, whenever it changes.

        `clean` is what the empty chute looked like on the day of installation; without it, this life's first pictures
        stand for it, and dirt that was there before is not known for dirt.
        """
        self._take_in = take_in
        self._scheduler = scheduler
        self._chute = chute
        self._fitted = fitted
        self._clock = clock
        self._pace = Pace() if pace is None else pace
        self._changed = changed
        self.watch = BodyWatch(lens=Lens(clean))

    def start(self) -> None:
        """Begin to look."""
        self._again(0, self._look_at_parts)
        self._again(0, self._look_at_bins)
        if self._fitted.opening is not None:
            self._again(0, self._look_at_the_opening)

    def notice(self, notice: Notice) -> None:
        """Hear what hardware tells by itself. Safe from any thread."""
        if isinstance(notice, ItemPresence):
            at = self._now()
            self._scheduler.soon(lambda: self._learn(self.watch.presence(notice.present, at)))
            if notice.present:
                self._scheduler.soon(lambda: self._glance(arriving=True))

    def pictured(self, figures: Figures | None) -> None:
        """Hear what a picture is like; None: there was none. Safe from any thread."""
        at = self._now()
        of_an_item = self._take_in.state.item.state is ItemState.CAPTURING

        def learn() -> None:
            if figures is None:
                self._learn(self.watch.no_picture(at))
                return
            watch = self.watch.picture(figures, at)
            self._learn(watch.item(figures, at) if of_an_item else watch)

        self._scheduler.soon(learn)

    def told(self, look: Look) -> Look:
        """Return what telemetry tells, with what stands about the body: what closes the machine and what does not."""
        known = {Finding.HAND}
        faults = {*look.faults, *(found.value for found in self.watch.findings - known)}
        measures, words = {**look.measures, **self.watch.measures}, dict(look.words)
        if self._fitted.line is not None:
            health = self._fitted.line.line_health()
            measures |= {"line_dropped": health.dropped, "line_resent": health.resent}
            words |= {"firmware": word(health.firmware)} if health.firmware else {}
        return evolve(look, faults=named(faults), measures=measures, words=words)

    # ------------------------------------------------------------ looking

    def _look_at_parts(self) -> None:
        parts = self._fitted

        def read() -> tuple[Readings, bool]:
            counters, wrong = _ask(self._chute.counters)
            motion, _ = _ask(parts.motions.last_motion) if parts.motions else (None, False)
            door, _ = _ask(parts.door.is_open) if parts.door else (None, False)
            silent = () if counters is not None else ("chute",)
            return Readings(at=self._now(), counters=counters, motion=motion, door_open=door, silent=silent), wrong

        def heard(answer: tuple[Readings, bool] | BaseException) -> None:
            if not isinstance(answer, BaseException):
                readings, wrong = answer
                self._learn(self.watch.parts(readings, firmware_wrong=wrong))
            self._again(self._pace.parts, self._look_at_parts)

        self._scheduler.aside(read, heard, cost="look")

    def _look_at_bins(self) -> None:
        parts = self._fitted

        def read() -> Readings:
            climate, _ = _ask(parts.climate.climate) if parts.climate else (None, False)
            bins = tuple(_bin(one) for one in parts.bins)
            silent = ("climate",) if parts.climate and climate is None else ()
            return Readings(at=self._now(), climate=climate, bins=bins, silent=silent)

        def heard(readings: Readings | BaseException) -> None:
            if not isinstance(readings, BaseException):
                wrong = Finding.FIRMWARE in self.watch.findings
                self._learn(self.watch.parts(readings, firmware_wrong=wrong))
            self._again(self._pace.bins, self._look_at_bins)

        self._scheduler.aside(read, heard, cost="look at bins")

    def _look_at_the_opening(self) -> None:
        self._glance(then=lambda: self._again(self._pace.opening, self._look_at_the_opening))

    def _glance(self, *, arriving: bool = False, then: Callable[[], None] = lambda: None) -> None:
        opening = self._fitted.opening
        if opening is None:
            return

        def heard(answer: tuple[bool | None, bool] | BaseException) -> None:
            if not isinstance(answer, BaseException) and answer[0] is not None:
                going_out = self._take_in.state.item.state is ItemState.RETURNING
                now = self.watch.opening(answer[0], self._now(), going_out=going_out, arriving=arriving)
                self._learn(now)
            then()

        self._scheduler.aside(lambda: _ask(opening.dark), heard, cost="glance")

    def _learn(self, now: BodyWatch) -> None:
        before, self.watch = self.watch, now
        for event in consequences(before, now, self._take_in.state.configuration.bins):
            self._take_in.post(event)
        if now.findings != before.findings:
            _log.info("body: %s", ", ".join(sorted(found.value for found in now.findings)) or "sound")
            self._changed(now.findings)

    def _again(self, after: int, look: Callable[[], None]) -> None:
        self._scheduler.after(after, look)

    def _now(self) -> int:
        return self._clock.now().mono


def _ask(question: Callable[[], T]) -> tuple[T | None, bool]:
    """Return the answer, or None where there is none, and whether the firmware is to blame."""
    try:
        return question(), False
    except NotFitted:
        return None, False
    except WrongFirmware:
        return None, True
    except HardwareError as silent:
        _log.debug("body: %s", silent)
        return None, False


def _bin(one: FittedBin) -> BinReading:
    return BinReading(one.name, _ask(one.level.distance_mm)[0], one.empty_mm, one.full_mm)
