"""Which promises a machine is held to: those of the parts that it has."""

from __future__ import annotations

from entrypoints.contracts import actors, camera, chute, sensors
from entrypoints.contracts.contract import Contract, Machine


def contracts_of(machine: Machine) -> tuple[Contract, ...]:
    """Return the promises in the order in which they are checked."""
    fitted = machine.fitted
    return (
        *chute.CHUTE,
        *(chute.MOTIONS if fitted.motions else ()),
        *(chute.TRIAL if fitted.trial else ()),
        *(sensors.OPENING if fitted.opening else ()),
        *(camera.CAMERA if machine.camera else ()),
        *(camera.FILMS if machine.camera and machine.films else ()),
        *sensors.levels(fitted.bins),
        *(sensors.CLIMATE if fitted.climate else ()),
        *(actors.LIGHT if fitted.light else ()),
        *(actors.DOOR if fitted.door else ()),
        *(actors.DIVERTER if fitted.diverter else ()),
        *(actors.COMPACTOR if fitted.compactor else ()),
    )
