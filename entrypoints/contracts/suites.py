"""Which promises a machine is held to: those of the parts that it has."""

from __future__ import annotations

from application.ports.hardware import Fitted
from entrypoints.contracts import actors, chute, sensors
from entrypoints.contracts.contract import Contract


def contracts_of(fitted: Fitted) -> tuple[Contract, ...]:
    """Return the promises in the order in which they are checked."""
    return (
        *chute.CHUTE,
        *(chute.MOTIONS if fitted.motions else ()),
        *(sensors.OPENING if fitted.opening else ()),
        *sensors.levels(fitted.bins),
        *(sensors.CLIMATE if fitted.climate else ()),
        *(actors.LIGHT if fitted.light else ()),
        *(actors.DOOR if fitted.door else ()),
        *(actors.DIVERTER if fitted.diverter else ()),
        *(actors.COMPACTOR if fitted.compactor else ()),
    )
