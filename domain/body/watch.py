"""All rules over the body put together: readings go in, the standing findings come out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import evolve, field, frozen

from domain.body.bin_level import BinLevel
from domain.body.climate import Air
from domain.body.findings import Finding
from domain.body.frame_quality import Figures, Flaw, flaws
from domain.body.ground import Ground
from domain.body.hand import Hand
from domain.body.item_sensor import ItemSensor
from domain.body.lens import Lens
from domain.body.motor import Motor
from domain.body.pulled_back import PulledBack
from domain.body.sight import Sight
from domain.body.steady import MILLISECOND, SECOND, Steady
from domain.fleet.readings import Climate, Motion, MotionEnd, Readings, Way

DOOR_MOVES = 300 * MILLISECOND
SILENT = 3 * SECOND
"""For so long nothing that drives the chute may answer: a line with noise on it answers now and then."""
ANSWERS = 1 * SECOND
NO_AIR = 60 * SECOND
"""For so long the climate sensor may give nothing: it fails now and then, and is asked again."""
HIDES = frozenset({Flaw.BLACK, Flaw.WHITE, Flaw.BURNT})
"""Flaws of a picture that hide what lies there."""
_BIN_NAME = re.compile(r"[a-z0-9_]{1,20}")


@frozen
class BodyWatch:
    """What is known of a body. `at` is when it was last told something, microseconds."""

    at: int = 0
    present: bool = False
    bins: Mapping[str, BinLevel] = field(factory=dict)
    pulled: PulledBack = field(factory=PulledBack)
    _hand: Hand = field(factory=Hand)
    _door: Steady = field(factory=lambda: Steady(DOOR_MOVES, DOOR_MOVES))
    _door_told: bool = False
    """Whether there is a contact that tells."""
    _motor: Motor = field(factory=Motor)
    _sensor: ItemSensor = field(factory=ItemSensor)
    _sight: Sight = field(factory=Sight)
    _ground: Ground = field(factory=Ground)
    _lens: Lens = field(factory=Lens)
    _air: Air = field(factory=Air)
    _firmware: bool = False
    _climate: Climate | None = None
    _no_air: Steady = field(factory=lambda: Steady(NO_AIR, ANSWERS))
    _motion: Motion | None = None
    """The last motion that is over."""
    _silent: Steady = field(factory=lambda: Steady(SILENT, ANSWERS))
    _going_out: bool = False

    @property
    def full(self) -> frozenset[str]:
        """The bins that are full, by name."""
        return frozenset(name for name, level in self.bins.items() if level.full)

    @property
    def findings(self) -> frozenset[Finding]:
        """All that stands now."""
        said = {
            Finding.HAND: self._hand.found,
            Finding.DOOR_OPEN: self._door.level,
            Finding.BIN_FULL: bool(self.full),
            Finding.LEVEL_SENSOR: any(level.mad for level in self.bins.values()),
            Finding.MOTOR_DEAD: self._motor.dead,
            Finding.MOTOR_BACKWARDS: self._motor.backwards,
            Finding.ITEM_SENSOR_MAD: self._sensor.mad(self.at),
            Finding.ITEM_SENSOR_STUCK: self._sensor.stuck,
            Finding.ITEM_SENSOR_BLIND: self._sensor.blind,
            Finding.CAMERA_UNPLUGGED: self._sight.unplugged,
            Finding.CAMERA_BLACK: self._sight.black,
            Finding.CAMERA_DAZZLED: self._sight.dazzled,
            Finding.CAMERA_FROZEN: self._sight.frozen,
            Finding.CAMERA_DIRTY: self._sight.dirty or self._lens.dirty,
            Finding.CAMERA_BLURRED: self._lens.soft,
            Finding.CAMERA_EXPOSURE: self._lens.ill_lit,
            Finding.CLIMATE: self._air.bad,
            Finding.CLIMATE_SENSOR: self._no_air.level,
            Finding.FIRMWARE: self._firmware,
            Finding.SILENT: self._silent.level,
        }
        return frozenset(finding for finding, found in said.items() if found)

    def level_of(self, bin_name: str) -> int | None:
        """Return how full a bin is, permille; None while nobody knows."""
        return self.bins[bin_name].permille if bin_name in self.bins else None

    @property
    def measures(self) -> dict[str, int]:
        """What telemetry tells of it, by the fleet's names (`domain.fleet.telemetry`): what was measured last."""
        levels = {name: level.permille for name, level in self.bins.items() if level.permille is not None}
        told = {"bin_level": max(levels.values())} if levels else {}
        if len(self.bins) > 1:
            told |= {f"bin_level_{name}": one for name, one in levels.items() if _BIN_NAME.fullmatch(name)}
        if self._door_told:
            told["door_open"] = int(self._door.level)
        if self._climate is not None and not self._no_air.level:
            told["air_temperature"] = self._climate.millicelsius
            told["humidity"] = self._climate.humidity_permille
        if self._motion is not None:
            told["motion_time"] = self._motion.elapsed_ms
            if self._motion.peak_ma is not None:
                told["motor_current"] = self._motion.peak_ma
        return told

    # ------------------------------------------------------------ readings

    def parts(self, readings: Readings, *, firmware_wrong: bool = False) -> BodyWatch:
        """Take one look at motor, counters, door, climate and bins, as far as each was asked and answered.

        Where nobody tells of motions, counts explain nothing, and none is missed.
        """
        at, motion = readings.at, readings.motion
        going_out = motion is not None and motion.way is Way.OUT and motion.end is MotionEnd.RUNNING
        bins = dict(self.bins)
        for one in readings.bins:
            bins[one.name] = bins.get(one.name, BinLevel()).told(one)
        return evolve(
            self,
            at=max(at, self.at),
            bins=bins,
            pulled=self.pulled.told(readings.counters if motion is not None else None, motion, at),
            motor=self._motor.told(motion, readings.counters),
            door=self._door if readings.door_open is None else self._door.told(readings.door_open, at),
            door_told=self._door_told or readings.door_open is not None,
            air=self._air if readings.climate is None else self._air.told(readings.climate, at),
            firmware=firmware_wrong,
            silent=self._silence(readings, firmware_wrong=firmware_wrong),
            climate=readings.climate or self._climate,
            no_air=self._airless(readings),
            motion=self._motion if motion is None or motion.end is MotionEnd.RUNNING else motion,
            going_out=going_out if motion is not None else self._going_out,
        )

    def _airless(self, readings: Readings) -> Steady:
        if readings.climate is None and "climate" not in readings.silent:
            return self._no_air  # it was not asked, or there is none
        return self._no_air.told(readings.climate is None, readings.at)

    def _silence(self, readings: Readings, *, firmware_wrong: bool) -> Steady:
        if readings.counters is None and "chute" not in readings.silent:
            return self._silent  # it was not asked
        return self._silent.told(readings.counters is None and not firmware_wrong, readings.at)

    def opening(
        self,
        dark: bool,  # noqa: FBT001 (a level)
        at: int,
        *,
        going_out: bool,
        arriving: bool = False,
    ) -> BodyWatch:
        """Take one reading of the light barrier at the opening.

        `going_out` tells whether an item is moved past it, `arriving` whether the item sensor has just begun to see
        one.
        """
        hand = self._hand.told(dark, at, going_out=going_out or self._going_out, arriving=arriving)
        return evolve(self, at=max(at, self.at), hand=hand)

    def presence(self, present: bool, at: int) -> BodyWatch:  # noqa: FBT001 (a level)
        """Take one change of the item sensor."""
        return evolve(self, at=max(at, self.at), present=present, sensor=self._sensor.changed(present, at))

    def no_picture(self, at: int) -> BodyWatch:
        """Take note that the camera failed."""
        return evolve(self, at=max(at, self.at), sight=self._sight.failed())

    def picture(self, figures: Figures, at: int) -> BodyWatch:
        """Take one picture."""
        empty = not (self.present or self._hand.found)
        ground = self._ground.seen(figures, empty=empty)
        sensor = self._sensor
        # What light alone has done to a picture says nothing of what lies there.
        if ground.known and not self._sight.black and not flaws(figures) & HIDES:
            sensor = sensor.seen(ground.empty, at, at_rest=ground.at_rest)
        sight = self._sight.seen(figures, at, present=self.present)
        lens = self._lens.seen(figures, at) if empty else self._lens
        return evolve(self, at=max(at, self.at), ground=ground, sensor=sensor, sight=sight, lens=lens)

    def item(self, figures: Figures, at: int) -> BodyWatch:
        """Take the picture of an item that was recognised as one."""
        return evolve(self, at=max(at, self.at), sight=self._sight.item(figures))
