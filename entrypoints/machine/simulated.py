"""A map's machine on simulated hardware: the very adapters that ship, on mock pins, a pty and physical models.

with simulated_machine(read_map(DEFAULT), folder) as (parts, person, stage):
    person.put(photograph)
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from adapters.hardware_map.parts import HardwareMap
from adapters.hardware_map.read import DEFAULT, HEADER
from entrypoints.machine.assemble import Assembled, Ground, assemble
from simulators.bench.iio import KernelAir
from simulators.bench.person import Person
from simulators.bench.stage import Stage

SERIAL = "esp32"
MAPS = {"simulated": DEFAULT, "simulated-header": HEADER}
"""What a simulated machine is called, and the map that it is wired by."""


@frozen
class Simulated:
    """A machine's parts, its person's side, and the stage below both."""

    parts: Assembled
    person: Person
    stage: Stage


@contextmanager
def simulated_machine(wired: HardwareMap, folder: Path, *, seed: int = 1, speed: float = 1.0) -> Iterator[Simulated]:
    """Build a machine by this map, with what lasts in `folder`, and let it live, `speed` times as fast as real ones."""
    stage = Stage(
        seed,
        wired.numbers(),
        low=wired.active_low(),
        bins=tuple(one.name for one in wired.bins),
        serial=folder / SERIAL if wired.microcontroller is not None else None,
        speed=speed,
    )
    ground = Ground(
        pins=lambda: stage.wires.factory,
        data=folder,
        serial=folder / SERIAL,
        read_iio=KernelAir(stage.body.air, stage.now).read,
        pause=lambda seconds: time.sleep(seconds / speed),
        now=stage.now,
    )
    with stage:
        parts = assemble(wired, ground)
        try:
            yield Simulated(parts, Person(stage), stage)
        finally:
            parts.close()
