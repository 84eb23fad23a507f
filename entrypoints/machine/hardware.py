"""Which hardware an agent drives: the setting RVM_MACHINE_HARDWARE.

`rig` is a process of simulated hardware beside it; `body` the default map on a simulated body that is a process of its
own (`body:FILE` another map); `simulated` the default map on simulated parts in this process
(`simulated:header` the owner's first wiring, `simulated:FILE` any map); anything else is a map's file, and real.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from attrs import field, frozen

from adapters.clock.system import SystemClock
from adapters.gpio.jetson import JetsonFactory
from adapters.hardware_map.parts import HardwareMap
from adapters.hardware_map.read import DEFAULT, HEADER, read_map
from adapters.serial_link.firmware import SerialFirmware
from adapters.vision.pictures import decode
from application.ports.firmware import Firmware
from application.ports.hardware import Camera, Chute, Fitted, NoticeSource
from application.ports.screen import Screen
from entrypoints.machine.assemble import Assembled, Ground, assemble
from entrypoints.machine.camera import open_camera
from entrypoints.machine.simulated import simulated_machine
from entrypoints.settings import MachineSettings
from simulators.bench.person import Person
from simulators.bench.stage import StageCamera
from simulators.rig.link import RigLink
from simulators.served.far_body import FarBody

RIG, BODY, SIMULATED = "rig", "body", "simulated"
SHIPPED = {"": DEFAULT, "header": HEADER}
"""Maps that ship, by what stands behind `simulated:`."""


@frozen
class Hardware:
    """A machine's hardware behind its ports."""

    camera: Camera
    chute: Chute
    notices: NoticeSource
    fitted: Fitted
    close: Callable[[], None]
    """Switch everything off."""
    screens: tuple[Screen, ...] = ()
    """Screens that come with it."""
    person: Person | None = None
    """The person's side, where the hardware is simulated in this process."""
    firmware: Firmware | None = None
    """What runs on the microcontroller, where there is one."""
    missing: dict[str, str] = field(factory=dict)
    """Parts of the map that could not be had, and why."""
    map_sha256: str = ""
    """Of the map's text; empty where there is no map."""


def open_hardware(settings: MachineSettings) -> Hardware:
    """Open what the setting names. Raises ValueError (BadHardwareMap for a map that is none)."""
    if settings.hardware == RIG:
        link = rig_link(settings)
        return Hardware(link, link, link, Fitted(), link.close, screens=(link,))
    kind, _, name = settings.hardware.partition(":")
    if kind == BODY:
        return far(read_map(Path(name) if name else DEFAULT), settings)
    if kind == SIMULATED:
        return simulated(read_map(SHIPPED.get(name, Path(name))), settings.data)
    return real(read_map(Path(settings.hardware)), settings.data)


def simulated(wired: HardwareMap, folder: Path, *, seed: int = 1, speed: float = 1.0) -> Hardware:
    """Open a map's machine on simulated parts; what lasts is in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    living = ExitStack()
    made = living.enter_context(simulated_machine(wired, folder, seed=seed, speed=speed))
    return Hardware(
        StageCamera(made.stage, decode),
        made.parts.chute,
        made.parts.notices,
        made.parts.fitted,
        living.close,
        person=made.person,
        firmware=_firmware(made.parts),
        missing=made.parts.missing,
        map_sha256=wired.sha256,
    )


def far(wired: HardwareMap, settings: MachineSettings) -> Hardware:
    """Open a map's machine on a simulated body elsewhere. Raises ValueError, PartUnreachable."""
    settings.data.mkdir(parents=True, exist_ok=True)
    body = FarBody(_address(settings), decode)
    parts = assemble(wired, Ground(pins=body.pins, data=settings.data, serial=body.serial()))

    def close() -> None:
        parts.close()
        body.close()

    return Hardware(
        body,
        parts.chute,
        parts.notices,
        parts.fitted,
        close,
        firmware=_firmware(parts),
        missing=parts.missing,
        map_sha256=wired.sha256,
    )


def real(wired: HardwareMap, folder: Path) -> Hardware:
    """Open a map's machine on this computer's pins and devices."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = assemble(wired, Ground(pins=JetsonFactory, data=folder))
    eye = open_camera(wired.camera, SystemClock())
    missing = {**parts.missing, **({"camera": eye.missing} if eye.missing else {})}

    def close() -> None:
        eye.close()
        parts.close()

    return Hardware(
        eye.camera,
        parts.chute,
        parts.notices,
        parts.fitted,
        close,
        firmware=_firmware(parts),
        missing=missing,
        map_sha256=wired.sha256,
    )


def _firmware(parts: Assembled) -> Firmware | None:
    return None if parts.line is None else SerialFirmware(parts.line)


def rig_link(settings: MachineSettings) -> RigLink:
    """Connect to the process of simulated hardware. Raises ValueError for an address that is none."""
    return RigLink(_address(settings), decode)


def _address(settings: MachineSettings) -> tuple[str, int]:
    host, _, port = settings.rig.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"RVM_MACHINE_RIG is HOST:PORT, not {settings.rig!r}")
    return host, int(port)
