"""What can be found out about a machine's body, by name."""

from __future__ import annotations

import enum


class Finding(str, enum.Enum):
    """Something about the body that somebody should know. Its value is the name of the part, as faults have it."""

    HAND = "hand"
    """A hand or an arm is in the chute."""
    DOOR_OPEN = "door"
    BIN_FULL = "bin_full"
    """One bin at least is full; whether another takes its material is for the intake to know."""
    LEVEL_SENSOR = "level_sensor"
    """The echoes of a bin's sensor make no sense, or none come back."""
    MOTOR_DEAD = "motor_dead"
    """Driven, and no current flows."""
    MOTOR_BACKWARDS = "motor_backwards"
    """What is to go in comes out."""
    ITEM_SENSOR_MAD = "item_sensor"
    """It says now this and now that, quicker than things can move."""
    ITEM_SENSOR_STUCK = "item_sensor_stuck"
    """It says that something lies there, and the picture shows the empty ground."""
    ITEM_SENSOR_BLIND = "item_sensor_blind"
    """It says that nothing lies there, and the picture shows something at rest."""
    CAMERA_UNPLUGGED = "camera"
    CAMERA_BLACK = "camera_black"
    CAMERA_DAZZLED = "camera_dazzled"
    """Pictures are white all over: nothing can be seen for light."""
    CAMERA_FROZEN = "camera_frozen"
    """The same picture to the last bit, whether something lies there or not."""
    CAMERA_DIRTY = "camera_dirty"
    """Pictures are paler or softer than they were when the lens was clean, or have a spot that stays."""
    CAMERA_BLURRED = "camera_blurred"
    """Pictures of the empty intake have lost their edges, and not their contrast: out of focus."""
    CAMERA_EXPOSURE = "camera_exposure"
    """Pictures of the empty intake are too dark, or too bright in much of it."""
    CLIMATE = "climate"
    """Too hot, or so damp that lenses and contacts get wet."""
    CLIMATE_SENSOR = "climate_sensor"
    """It gives no readings."""
    SILENT = "controller"
    """What drives the motor and counts does not answer: nobody could tell where an item went, or see a hand."""
    FIRMWARE = "firmware"
    """The microcontroller speaks no version of the protocol that this side speaks."""


CLOSES = frozenset(
    {
        Finding.DOOR_OPEN, Finding.MOTOR_DEAD, Finding.MOTOR_BACKWARDS, Finding.ITEM_SENSOR_MAD,
        Finding.ITEM_SENSOR_STUCK, Finding.ITEM_SENSOR_BLIND, Finding.CAMERA_UNPLUGGED, Finding.CAMERA_BLACK,
        Finding.CAMERA_DAZZLED, Finding.CAMERA_FROZEN, Finding.FIRMWARE,
        Finding.SILENT,
    }
)  # fmt: skip
"""With these a machine cannot serve honestly or safely; with the others it serves on, and somebody is told."""
