"""What a machine may be made of, as values. A pin is a BCM number of the 40-pin header."""

from __future__ import annotations

import enum
from pathlib import Path

from attrs import field, frozen

from adapters.hardware_map.camera import CameraPart
from domain.deposits.recognition import Material


class At(str, enum.Enum):
    """Where a part hangs."""

    MICROCONTROLLER = "microcontroller"
    HEADER = "header"


class Active(str, enum.Enum):
    """The level at which a part says or does something."""

    LOW = "low"
    HIGH = "high"


class Drive(str, enum.Enum):
    """What moves items."""

    MOTOR = "motor"
    STEPPER = "stepper"


@frozen
class Microcontroller:
    """The ESP32 and its serial line."""

    device: str
    baud: int


@frozen
class ChutePart:
    """What moves items, and how long an item may take, milliseconds."""

    driven_by: Drive
    limit_ms: int


@frozen
class ItemSensor:
    """The infrared sensor that sees an item in the intake; a level counts once it held for `steady_ms`."""

    pin: int
    active: Active
    steady_ms: int


@frozen
class Motor:
    """The DC motor at the microcontroller, 1 to 100 per cent of its power."""

    duty_percent: int


@frozen
class Stepper:
    """A stepper behind a TB6600. `enable` is None when the driver is always on. Steps from the item's place."""

    step: int
    direction: int
    enable: int | None
    steps_per_second: int
    steps_in: int
    steps_out: int


@frozen
class Switch:
    """A coil on one pin (a diverter, a compactor), and the longest it may be on, milliseconds."""

    pin: int
    active: Active
    hold_ms: int


@frozen
class Door:
    """The door's bolt, and the longest it may be drawn, milliseconds."""

    pin: int
    active: Active
    hold_ms: int
    contact: int | None
    """Joins its pin with ground while the door is shut. None: nobody can tell."""


@frozen
class Led:
    """The light. `pin` where it is a single LED on the header, None for RGB at the microcontroller."""

    at: At
    pin: int | None


@frozen
class ClimateSensor:
    """The DHT22. On the header it has a pin and is read through the kernel's IIO device."""

    at: At
    pin: int | None
    iio: Path | None


@frozen
class Bin:
    """A bin and its distance sensor: what it measures when empty and when full, millimetres."""

    name: str
    at: At
    trigger: int | None
    echo: int | None
    empty_mm: int
    full_mm: int
    takes: frozenset[Material]
    """Materials that may fall into it."""


@frozen
class HardwareMap:
    """One machine. What is None is not fitted."""

    name: str
    chute: ChutePart
    camera: CameraPart
    item_sensor: ItemSensor
    bins: tuple[Bin, ...]
    microcontroller: Microcontroller | None
    motor: Motor | None
    stepper: Stepper | None
    door: Door | None
    led: Led | None
    climate: ClimateSensor | None
    diverter: Switch | None
    compactor: Switch | None
    sha256: str = field(default="", eq=False)
    """Of the text that it was read from."""

    def pins(self) -> tuple[tuple[int, str], ...]:
        """Return every pin that is used, with the part and its wire."""
        wires: list[tuple[int | None, str]] = [(self.item_sensor.pin, "item_sensor.pin")]
        if self.stepper is not None:
            steps = self.stepper
            wires += [(steps.step, "stepper.step"), (steps.direction, "stepper.direction")]
            wires += [(steps.enable, "stepper.enable")]
        wires += [(self.door.contact, "door.contact")] if self.door is not None else []
        for name in ("door", "led", "climate", "diverter", "compactor"):
            part = getattr(self, name)
            wires += [(part.pin, f"{name}.pin")] if part is not None else []
        for bin_ in self.bins:
            wires += [(bin_.trigger, f"bins.{bin_.name}.trigger"), (bin_.echo, f"bins.{bin_.name}.echo")]
        return tuple((pin, wire) for pin, wire in wires if pin is not None)

    def numbers(self) -> dict[str, int]:
        """Return the BCM number of every wire, by its name."""
        return {wire: pin for pin, wire in self.pins()}

    def active_low(self) -> frozenset[str]:
        """Return the wires that say or do something when they are low."""
        parts: list[tuple[str, ItemSensor | Door | Switch | None]] = [
            ("item_sensor", self.item_sensor),
            ("door", self.door),
        ]
        parts += [("diverter", self.diverter), ("compactor", self.compactor)]
        return frozenset(f"{name}.pin" for name, part in parts if part is not None and part.active is Active.LOW)
