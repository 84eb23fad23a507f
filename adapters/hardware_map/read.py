"""Reads a hardware map from TOML. Everything that is wrong with a file is told at once."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from adapters.hardware_map import header
from adapters.hardware_map.camera import camera_of
from adapters.hardware_map.parts import (
    Active,
    At,
    Bin,
    ChutePart,
    ClimateSensor,
    Door,
    Drive,
    HardwareMap,
    ItemSensor,
    Led,
    Microcontroller,
    Motor,
    Stepper,
    Switch,
)
from adapters.hardware_map.section import Problem, Section
from domain.deposits.recognition import CONTAINERS, Material

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SCHEMA = 1
MAPS = Path(__file__).parent / "maps"
DEFAULT = MAPS / "esp32.toml"
"""The map that is used when none is named."""
HEADER = MAPS / "header.toml"
"""The owner's first wiring."""
NEEDED = ("chute", "camera", "item_sensor")
OPTIONAL = ("microcontroller", "motor", "stepper", "door", "led", "climate", "diverter", "compactor")


class BadHardwareMap(ValueError):
    """The file is no hardware map; the message names file, part and reason of everything that is wrong."""

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        """`problems` in the order in which they were found."""
        super().__init__("\n".join(f"{file}: {problem}" for problem in problems))
        self.file = file
        self.problems = problems


def read_map(path: Path) -> HardwareMap:
    """Read a file. Raises BadHardwareMap, also when there is no such file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as odd:
        raise BadHardwareMap(str(path), (Problem("file", str(odd)),)) from odd
    return map_of(text, str(path))


def map_of(text: str, file: str = "map") -> HardwareMap:
    """Read a text; `file` is what errors call it. Raises BadHardwareMap."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as odd:
        raise BadHardwareMap(file, (Problem("file", f"this is no TOML: {odd}"),)) from odd
    problems: list[Problem] = []
    made = _Maker(data, problems).make()
    if not problems:
        problems += [Problem(wire, why) for wire, why in header.used_twice(made.pins())]
    if problems:
        raise BadHardwareMap(file, tuple(problems))
    return evolve(made, sha256=hashlib.sha256(text.encode()).hexdigest())


class _Maker:
    def __init__(self, data: Mapping[str, Any], problems: list[Problem]) -> None:
        self._data = data
        self._problems = problems

    def make(self) -> HardwareMap:
        self._look_over()
        made = HardwareMap(
            name=self._top().text("name"),
            chute=self._part("chute", _chute),
            camera=self._part("camera", camera_of),
            item_sensor=self._part("item_sensor", _item_sensor),
            bins=self._bins(),
            microcontroller=self._maybe("microcontroller", _microcontroller),
            motor=self._maybe("motor", _motor),
            stepper=self._maybe("stepper", _stepper),
            door=self._maybe("door", _door),
            led=self._maybe("led", _led),
            climate=self._maybe("climate", _climate),
            diverter=self._maybe("diverter", _switch),
            compactor=self._maybe("compactor", _switch),
        )
        self._fits_together(made)
        return made

    def _top(self) -> Section:
        return Section("map", self._data, self._problems)

    def _look_over(self) -> None:
        self._top().whole("schema", SCHEMA, SCHEMA)
        for key in sorted(set(self._data) - {"schema", "name", "bins", *NEEDED, *OPTIONAL}):
            self._problems.append(Problem(key, "there is no such part"))

    def _part(self, name: str, make: Any, fields: Any = None) -> Any:
        fields = self._data.get(name, {}) if fields is None else fields
        if not isinstance(fields, Mapping):
            self._problems.append(Problem(name, "is no section"))
            fields = {}
        section = Section(name, fields, self._problems)
        made = make(section)
        section.done()
        return made

    def _maybe(self, name: str, make: Any) -> Any:
        return self._part(name, make) if name in self._data else None

    def _bins(self) -> tuple[Bin, ...]:
        sections = self._data.get("bins", [])
        if not isinstance(sections, list) or not sections:
            self._problems.append(Problem("bins", "there is at least one: [[bins]]"))
            return ()
        return tuple(self._part(f"bins[{number}]", _bin, fields) for number, fields in enumerate(sections, 1))

    def _fits_together(self, made: HardwareMap) -> None:
        def wrong(part: str, reason: str) -> None:
            self._problems.append(Problem(part, reason))

        if made.microcontroller is None:
            hanging = [("motor", At.MICROCONTROLLER if made.motor else None)]
            hanging += [("led", made.led.at if made.led else None)]
            hanging += [("climate", made.climate.at if made.climate else None)]
            hanging += [(f"bins.{one.name}", one.at) for one in made.bins]
            for part, at in hanging:
                if at is At.MICROCONTROLLER:
                    wrong(part, "hangs on a microcontroller, and there is none")
        if getattr(made, made.chute.driven_by.value) is None:
            wrong("chute.driven_by", f"there is no {made.chute.driven_by.value}")
        names = [one.name for one in made.bins]
        for name in sorted({name for name in names if names.count(name) > 1}):
            wrong("bins", f"two are named {name!r}")
        if sum(one.at is At.MICROCONTROLLER for one in made.bins) > 1:
            wrong("bins", "the microcontroller measures the level of one bin")
        if len(made.bins) > 1 and made.diverter is None:
            wrong("bins", f"{len(made.bins)} bins need a diverter")
        if made.diverter is not None and made.diverter.hold_ms <= made.chute.limit_ms:
            wrong("diverter.hold_ms", f"is {made.diverter.hold_ms}, and an item may take {made.chute.limit_ms}")
        if made.compactor is not None and (made.door is None or made.door.contact is None):
            wrong("compactor", "may only press while a door's contact says that it is shut, and there is none")
        if made.diverter is not None and len(made.bins) != 2:
            wrong("diverter", f"it leads to two bins, and there are {len(made.bins)}")


def _microcontroller(section: Section) -> Microcontroller:
    section.kind("esp32")
    return Microcontroller(section.text("device"), section.whole("baud", 9_600, 921_600, 115_200))


def _chute(section: Section) -> ChutePart:
    return ChutePart(section.choice("driven_by", Drive), section.whole("limit_ms", 1, 10_000, 4_000))


def _item_sensor(section: Section) -> ItemSensor:
    section.kind("ir")
    return ItemSensor(section.pin("pin"), section.choice("active", Active), section.whole("steady_ms", 1, 500, 20))


def _motor(section: Section) -> Motor:
    section.kind("dc")
    if section.choice("at", At, At.MICROCONTROLLER) is At.HEADER:
        section.wrong("at", "a DC motor needs PWM and its current watched: it hangs on the microcontroller")
    return Motor(section.whole("duty_percent", 1, 100, 80))


def _stepper(section: Section) -> Stepper:
    section.kind("tb6600")
    return Stepper(
        section.pin("step"),
        section.pin("direction"),
        section.pin("enable") if section.has("enable") else None,
        section.whole("steps_per_second", 10, 5_000, 800),
        section.whole("steps_in", 1, 100_000),
        section.whole("steps_out", 1, 100_000),
    )


def _switch(section: Section) -> Switch:
    section.kind("solenoid", "relay")
    active = section.choice("active", Active, Active.HIGH)
    return Switch(section.pin("pin"), active, section.whole("hold_ms", 10, 60_000, 3_000))


def _door(section: Section) -> Door:
    bolt = _switch(section)
    contact = section.pin("contact") if section.has("contact") else None
    return Door(bolt.pin, bolt.active, bolt.hold_ms, contact)


def _led(section: Section) -> Led:
    single = section.kind("rgb", "single") == "single"
    at = section.choice("at", At)
    if single is (at is At.MICROCONTROLLER):
        section.wrong("at", "an RGB LED hangs on the microcontroller (PWM), a single one on the header")
    return Led(at, section.pin("pin") if at is At.HEADER else None)


def _climate(section: Section) -> ClimateSensor:
    section.kind("dht22")
    if section.choice("at", At) is At.MICROCONTROLLER:
        return ClimateSensor(At.MICROCONTROLLER, None, None)
    return ClimateSensor(At.HEADER, section.pin("pin"), Path(section.text("iio")))


def _bin(section: Section) -> Bin:
    name = section.text("name")
    if section.text("level", "hc-sr04") != "hc-sr04":
        section.wrong("level", "is not 'hc-sr04'")
    at = section.choice("at", At)
    on_header = at is At.HEADER
    empty = section.whole("empty_mm", 50, 4_000)
    full = section.whole("full_mm", 20, 3_999)
    if full >= empty:
        section.wrong("full_mm", f"is {full}, and an empty bin measures {empty}: a full one is nearer")
    return Bin(
        name,
        at,
        section.pin("trigger") if on_header else None,
        section.pin("echo") if on_header else None,
        empty,
        full,
        section.choices("takes", Material, CONTAINERS),
    )
