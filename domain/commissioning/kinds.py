"""What is measured at a machine, in which unit, and between which bounds. One place for all numbers."""

from __future__ import annotations

from collections.abc import Mapping

from domain.body.frame_quality import BURNT, DIM, PALER, SOFTER
from domain.body.motor import DEAD_MA
from domain.commissioning.lines import Bound, Kind, Unit

SECOND_US = 1_000_000
"""Microseconds."""

_CERTAIN = Bound(low=1, least=1)
_CLEAR = Bound(high=0, most=20)

KINDS: Mapping[str, Kind] = {
    # what runs
    "firmware": Kind(Unit.YES, Bound(low=1)),
    "disk_sync": Kind(Unit.MICROSECOND, Bound(high=100_000, most=SECOND_US)),
    "journal": Kind(Unit.COUNT),
    "network": Kind(Unit.MILLISECOND, Bound(high=2_000)),
    "clock_offset": Kind(Unit.MILLISECOND, Bound(low=-2_000, high=2_000, least=-60_000, most=60_000)),
    # sensors, with nothing in the chute
    "item_sensor_noise": Kind(Unit.PERMILLE, _CLEAR),
    "opening_noise": Kind(Unit.PERMILLE, Bound(high=50, most=200)),
    "echo_lost": Kind(Unit.PERMILLE, Bound(high=200, most=500)),
    "echo_spread": Kind(Unit.MILLIMETRE, Bound(high=15, most=60)),
    "air_temperature": Kind(Unit.MILLICELSIUS, Bound(low=2_000, high=50_000, least=-10_000, most=70_000)),
    "air_humidity": Kind(Unit.PERMILLE, Bound(low=50, high=900, least=10, most=990)),
    "door_open": Kind(Unit.YES, Bound(high=0, most=0)),
    # what moves
    "motor_out": Kind(Unit.MILLIAMPERE, Bound(low=100, high=3_000, least=DEAD_MA, most=3_300)),
    "motor_in": Kind(Unit.MILLIAMPERE, Bound(low=100, high=3_000, least=DEAD_MA, most=3_300)),
    "diverter": Kind(Unit.MILLISECOND, Bound(high=2_000)),
    "compactor": Kind(Unit.MILLISECOND, Bound(high=30_000)),
    "light": Kind(Unit.YES, _CERTAIN),
    # the camera, with nothing in the chute
    "camera": Kind(Unit.PERMILLE, Bound(low=1_000, least=600)),
    "camera_brightness": Kind(Unit.LEVEL, Bound(low=70, high=225, least=DIM, most=240)),
    "camera_burnt": Kind(Unit.PERMILLE, Bound(high=100, most=BURNT)),
    "camera_noise": Kind(Unit.FIGURE, Bound(high=800, most=1_600)),
    "ground_focus": Kind(Unit.FIGURE),
    "lens_contrast": Kind(Unit.PERMILLE, Bound(low=PALER)),
    "lens_focus": Kind(Unit.PERMILLE, Bound(low=SOFTER)),
    "lens_spots": Kind(Unit.COUNT, Bound(high=0)),
    # with somebody's hands
    "hand_seen": Kind(Unit.PERMILLE, Bound(low=1_000, least=900)),
    "hand_at_opening": Kind(Unit.PERMILLE, Bound(low=1_000, least=900)),
    "item_seen": Kind(Unit.PERMILLE, Bound(low=1_000, least=900)),
    "camera_changes": Kind(Unit.YES, _CERTAIN),
    "item_focus": Kind(Unit.FIGURE, Bound(low=900, least=250)),
    "item_region": Kind(Unit.PERMILLE, Bound(low=30, least=0)),
    "item_way": Kind(Unit.WAY, _CERTAIN),
    "door_opens": Kind(Unit.YES, _CERTAIN),
    "bin_empty": Kind(Unit.MILLIMETRE, Bound(low=-25, high=25, least=-60, most=60)),
    "bin_full": Kind(Unit.MILLIMETRE, Bound(low=-25, high=25, least=-60, most=60)),
    "light_seen": Kind(Unit.YES, _CERTAIN),
    "diverter_seen": Kind(Unit.YES, _CERTAIN),
}
"""By name.

`item_focus` is the focus of the picture of a bottle, as `domain.body.frame_quality` has it. Of 150 photographs of
single items, 384 pixels wide, 95 in a hundred have more than 900, and half of them less once they are softened by 3
pixels: that is worth a second bottle, and a warning. `bin_empty` and `bin_full` are how much farther it is than the map
says.
"""


def kind_of(name: str) -> Kind:
    """Return the kind of a line's name. Raises KeyError."""
    return KINDS[name.partition(".")[0]]
