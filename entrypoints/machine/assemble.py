"""From a hardware map to ports: the one place that knows which adapter stands for which part of a map.

A part that cannot be switched on does not keep the others from it: `Absent` stands in its place and names what is
missing, to the intake, to telemetry and to `rvm contracts` alike.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from attrs import define, field, frozen

from adapters.gpio.chute import StepperChute, Ways
from adapters.gpio.coil import Coil
from adapters.gpio.compactor import RelayCompactor
from adapters.gpio.counters_file import CountersFile
from adapters.gpio.diverter import CoilDiverter
from adapters.gpio.door import BoltedDoor
from adapters.gpio.echo import EchoLevel
from adapters.gpio.item_sensor import ItemSensor
from adapters.gpio.light import Light
from adapters.gpio.stepper import Stepper
from adapters.hardware_map.parts import Active, At, Bin, Drive, HardwareMap
from adapters.iio.climate import IioClimate, read_text
from adapters.serial_link.chute import Drive as MotorDrive
from adapters.serial_link.chute import SerialChute
from adapters.serial_link.light import SerialLight
from adapters.serial_link.line import SerialLine
from adapters.serial_link.microcontroller import Microcontroller
from adapters.serial_link.sensors import SerialClimate, SerialLevel, SerialOpening
from application.ports.hardware import Chute, Fitted, FittedBin, HardwareError, NoticeSource
from entrypoints.machine.absent import Absent

T = TypeVar("T")
COUNTERS_FILE = "counters.json"


@frozen
class Ground:
    """What the parts stand on: pins, files and time, real or simulated."""

    pins: Callable[[], object]
    """Makes gpiozero's pin factory. Raises HardwareError."""
    data: Path
    """Folder of the counters, where no microcontroller keeps them."""
    serial: Path | None = None
    """In place of the map's serial device."""
    read_iio: Callable[[Path], str] = read_text
    pause: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic


@define
class Assembled:
    """A machine's parts behind their ports, and what could not be had, by part."""

    chute: Chute
    notices: NoticeSource
    fitted: Fitted
    line: SerialLine | None
    missing: dict[str, str]
    _closers: list[Callable[[], None]]

    def close(self) -> None:
        """Switch everything off, and let pins and line go."""
        while self._closers:
            with contextlib.suppress(HardwareError):
                self._closers.pop()()


def assemble(parts: HardwareMap, ground: Ground) -> Assembled:
    """Switch on what the map names. Raises nothing of the parts': what is missing is named in the answer."""
    return _Assembly(parts, ground).make()


@define
class _Assembly:
    map: HardwareMap
    ground: Ground
    missing: dict[str, str] = field(factory=dict)
    closers: list[Callable[[], None]] = field(factory=list)
    device: Microcontroller | None = None
    line: SerialLine | None = None

    def make(self) -> Assembled:
        pins = self._part("header", self.ground.pins)
        if (wired := self.map.microcontroller) is not None:
            self.line = SerialLine(str(self.ground.serial or wired.device), baud=wired.baud)
            self.closers.append(self.line.close)
            self.device = Microcontroller(self.line, pause=self.ground.pause)
        sensor = self._on(pins, "item sensor", self._item_sensor)
        chute = self._chute(pins, sensor)
        climate = self._climate()
        door = self._on(pins, "door", self._door) if self.map.door else None
        fitted = Fitted(
            bins=tuple(
                FittedBin(one.name, self._level(pins, one, climate), one.empty_mm, one.full_mm, one.takes)
                for one in self.map.bins
            ),
            motions=chute,
            trial=chute,
            opening=SerialOpening(self.device) if self.device is not None and self._driven_by_motor else None,
            line=self.line,
            climate=climate,
            light=self._light(pins),
            door=door,
            diverter=self._on(pins, "diverter", self._diverter) if self.map.diverter else None,
            compactor=self._on(pins, "compactor", lambda on: self._compactor(on, door)) if self.map.compactor else None,
        )
        return Assembled(chute, sensor, fitted, self.line, self.missing, self.closers)

    # ------------------------------------------------------------ parts

    def _item_sensor(self, pins: object) -> ItemSensor:
        wired = self.map.item_sensor
        made = ItemSensor(
            wired.pin,
            active_low=wired.active is Active.LOW,
            steady_s=wired.steady_ms / 1_000,
            factory=pins,
            now=self.ground.now,
        )
        made.watch()
        return made

    @property
    def _driven_by_motor(self) -> bool:
        """Whether the microcontroller drives the chute: then its barriers see what passes, and what reaches in."""
        return self.map.chute.driven_by is Drive.MOTOR

    def _chute(self, pins: object, sensor: Any) -> Any:
        if not self._driven_by_motor:
            return self._on(pins, "chute", lambda on: self._stepper_chute(on, sensor))
        assert self.device is not None
        assert self.map.motor is not None
        return SerialChute(
            self.device, sensor.present, MotorDrive(self.map.motor.duty_percent, self.map.chute.limit_ms)
        )

    def _stepper_chute(self, pins: object, sensor: Any) -> StepperChute:
        wired = self.map.stepper
        assert wired is not None
        stepper = self._closing(
            Stepper(
                step=wired.step,
                direction=wired.direction,
                enable=wired.enable,
                steps_per_second=wired.steps_per_second,
                factory=pins,
                pause=self.ground.pause,
            )
        )
        counters = CountersFile(self.ground.data / COUNTERS_FILE)
        return StepperChute(stepper, sensor, counters, Ways(wired.steps_in, wired.steps_out), now=self.ground.now)

    def _climate(self) -> Any:
        wired = self.map.climate
        if wired is None:
            return None
        if wired.at is At.MICROCONTROLLER:
            assert self.device is not None
            return SerialClimate(self.device)
        assert wired.iio is not None
        return IioClimate(wired.iio, read=self.ground.read_iio, now=self.ground.now)

    def _level(self, pins: object, one: Bin, climate: Any) -> Any:
        if one.at is At.MICROCONTROLLER:
            assert self.device is not None
            return SerialLevel(self.device, one.name)
        trigger, echo = one.trigger, one.echo
        assert trigger is not None
        assert echo is not None
        more: dict[str, Any] = {"celsius": lambda: climate.climate().millicelsius / 1_000} if climate else {}
        return self._on(
            pins,
            f"bin {one.name}",
            lambda on: EchoLevel(one.name, trigger=trigger, echo=echo, factory=on, pause=self.ground.pause, **more),
        )

    def _light(self, pins: object) -> Any:
        wired = self.map.led
        if wired is None:
            return None
        if wired.pin is None:
            assert self.device is not None
            return SerialLight(self.device)
        pin = wired.pin
        return self._on(pins, "light", lambda on: Light(pin, factory=on))

    def _door(self, pins: object) -> BoltedDoor:
        wired = self.map.door
        assert wired is not None
        return BoltedDoor(self._coil(pins, wired), contact=wired.contact, factory=pins)

    def _diverter(self, pins: object) -> CoilDiverter:
        first, second = (one.name for one in self.map.bins)
        return CoilDiverter(self._coil(pins, self.map.diverter), (first, second), pause=self.ground.pause)

    def _compactor(self, pins: object, door: Any) -> RelayCompactor:
        wired = self.map.compactor
        assert wired is not None
        # The coil's own limit is the stroke's; it only cuts in when this process does not.
        coil = self._coil(pins, wired)
        return RelayCompactor(
            coil, door, stroke_s=0.95 * wired.hold_ms / 1_000, pause=self.ground.pause, now=self.ground.now
        )

    def _coil(self, pins: object, wired: Any) -> Coil:
        return Coil(wired.pin, active_high=wired.active is Active.HIGH, hold_s=wired.hold_ms / 1_000, factory=pins)

    # ------------------------------------------------------------ switching on

    def _on(self, pins: object, part: str, make: Callable[[Any], T]) -> T | Absent:
        """Make a part that hangs on the header; it is absent when the header is."""
        if isinstance(pins, Absent):
            self.missing[part] = pins.why
            return Absent(part, pins.why)
        return self._part(part, lambda: self._closing(make(pins)))

    def _part(self, part: str, make: Callable[[], T]) -> T | Absent:
        try:
            return make()
        except HardwareError as odd:
            self.missing[part] = str(odd)
            return Absent(part, str(odd))

    def _closing(self, made: T) -> T:
        if (close := getattr(made, "close", None)) is not None:
            self.closers.append(close)
        return made
