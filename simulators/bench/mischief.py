"""What can go wrong with a simulated machine, by name: how it is planted, and how it is mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from simulators.bench.eye import CameraState
from simulators.bench.stage import Stage
from simulators.firmware.noise import NoisyLine
from simulators.physics.contact import Contact

NOISE = 0.01
"""Part of the bytes on the line that suffer."""


@frozen
class Mischief:
    """One fault."""

    plant: Callable[[Stage], None]
    mend: Callable[[Stage], None]


def _jam(stage: Stage, *, jammed: bool) -> None:
    stage.body.motor.jammed = stage.wires.stepper.jammed = jammed


def _noise(stage: Stage, part: float) -> None:
    seed = stage.body.seed
    quiet = (NoisyLine(0), NoisyLine(0))
    stage.here, stage.back = (NoisyLine.rough(seed, part), NoisyLine.rough(seed + 1, part)) if part else quiet


def _speak(stage: Stage, version: int) -> None:
    stage.device.version = version
    stage.device.boot()


def _camera(state: CameraState) -> Mischief:
    return Mischief(
        lambda stage: setattr(stage.eye, "state", state),
        lambda stage: setattr(stage.eye, "state", CameraState.FINE),
    )


def _stuck(contact: Callable[[Stage], Contact], *, at: bool) -> Mischief:
    return Mischief(
        lambda stage: setattr(contact(stage), "stuck", at), lambda stage: setattr(contact(stage), "stuck", None)
    )


def _switch(owner: Callable[[Stage], object], name: str) -> Mischief:
    return Mischief(lambda stage: setattr(owner(stage), name, True), lambda stage: setattr(owner(stage), name, False))


FAULTS: Mapping[str, Mischief] = {
    "motor jammed": Mischief(lambda stage: _jam(stage, jammed=True), lambda stage: _jam(stage, jammed=False)),
    "motor dead": _switch(lambda stage: stage.body.motor, "open_winding"),
    "motor worn": _switch(lambda stage: stage.body.motor, "worn"),
    "motor reversed": _switch(lambda stage: stage.body.motor, "reversed_wiring"),
    "belt slips": _switch(lambda stage: stage.body.belt, "slips"),
    "item sensor blind": _stuck(lambda stage: stage.body.item_sensor, at=False),
    "item sensor dark": _stuck(lambda stage: stage.body.item_sensor, at=True),
    "in-sensor blind": _stuck(lambda stage: stage.body.in_beam, at=False),
    "out-sensor blind": _stuck(lambda stage: stage.body.out_beam, at=False),
    "level sensor dead": _switch(lambda stage: stage.body.echo, "dead"),
    "climate sensor dead": _switch(lambda stage: stage.body.air, "dead"),
    "lamp burnt": _switch(lambda stage: stage.wires, "lamp_burnt"),
    "bolt broken": _switch(lambda stage: stage.body.door, "forced"),
    "door contact stuck": _stuck(lambda stage: stage.body.door.contact, at=False),
    "flap stuck": _switch(lambda stage: stage.body.flap, "stuck"),
    "camera unplugged": _camera(CameraState.UNPLUGGED),
    "camera black": _camera(CameraState.BLACK),
    "camera frozen": _camera(CameraState.FROZEN),
    "microcontroller unplugged": Mischief(Stage.pull_the_plug, Stage.put_the_plug),
    "firmware of another version": Mischief(lambda stage: _speak(stage, 2), lambda stage: _speak(stage, 1)),
    "line noisy": Mischief(lambda stage: _noise(stage, NOISE), lambda stage: _noise(stage, 0.0)),
}
"""By name, as a technician would say it."""
