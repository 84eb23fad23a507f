"""The camera's section of a map: how pictures come, how the camera hangs, and what it may not choose by itself."""

from __future__ import annotations

import enum

from attrs import frozen

from adapters.hardware_map.section import Section

SENSORS = 3
"""The highest number of a CSI connector."""
HOTTEST = 10_000
"""Kelvin."""


class CameraKind(str, enum.Enum):
    """How pictures come."""

    V4L2 = "v4l2"
    CSI = "csi"
    FOLDER = "folder"
    FILE = "file"


class Turn(enum.Enum):
    """By how many degrees clockwise its picture has to be turned to be upright."""

    NONE = 0
    QUARTER = 90
    HALF = 180
    THREE_QUARTERS = 270


class LightMode(enum.Enum):
    """How NVIDIA's image processor may balance white, by the numbers of `wbmode` (Accelerated GStreamer)."""

    OFF = "off"
    AUTO = "auto"
    INCANDESCENT = "incandescent"
    FLUORESCENT = "fluorescent"
    WARM_FLUORESCENT = "warm_fluorescent"
    DAYLIGHT = "daylight"
    CLOUDY = "cloudy"
    TWILIGHT = "twilight"
    SHADE = "shade"

    @property
    def number(self) -> int:
        """Return NVIDIA's number."""
        return list(LightMode).index(self)


@frozen
class CameraPart:
    """The camera. What is None is left to it, or is of another kind."""

    kind: CameraKind
    device: str | None
    """A device, folder or file; None for CSI, which has `sensor` instead."""
    sensor: int
    width: int
    height: int
    """Of the pictures that it is asked for, as it hangs, pixels; 0 for files, which have their own."""
    fps: int
    turn: Turn
    region: tuple[int, int, int, int] | None
    """The chute in the upright picture: left, top, width, height. None: all of it."""
    exposure_us: int | None
    gain: int | None
    white_balance: int | None
    """Kelvin for V4L2, NVIDIA's number for CSI."""
    focus: int | None
    loop: bool
    """Whether a file plays over and over."""

    @property
    def films(self) -> bool:
        """Whether it sees what is there, and does not show files."""
        return self.kind in {CameraKind.V4L2, CameraKind.CSI}


def camera_of(section: Section) -> CameraPart:
    """Read the section."""
    kind = section.choice("kind", CameraKind)
    csi, usb = kind is CameraKind.CSI, kind is CameraKind.V4L2
    films = csi or usb
    made = CameraPart(
        kind,
        device=None if csi else section.text("device"),
        sensor=section.whole("sensor", 0, SENSORS, 0) if csi else 0,
        width=section.whole("width", 160, 7_680, 1_280) if films else 0,
        height=section.whole("height", 120, 4_320, 720) if films else 0,
        fps=section.whole("fps", 1, 120, 30) if films else 0,
        turn=section.choice("turn", Turn, Turn.NONE),
        region=_region(section),
        exposure_us=section.maybe_whole("exposure_us", 10, 1_000_000) if films else None,
        gain=section.maybe_whole("gain", 0, 255) if films else None,
        white_balance=_light_mode(section)
        if csi
        else section.maybe_whole("white_balance", 2_000, HOTTEST)
        if usb
        else None,
        focus=section.maybe_whole("focus", 0, 1_023) if usb else None,
        loop=section.yes("loop", default=True) if kind is CameraKind.FILE else True,
    )
    if films and made.region is not None:
        _is_inside(section, made, made.region)
    return made


def _region(section: Section) -> tuple[int, int, int, int] | None:
    numbers = section.wholes("region", 4, 0, 7_680)
    if numbers is None:
        return None
    left, top, wide, high = numbers
    if not wide or not high:
        section.wrong("region", f"is {wide} x {high} pixels, and shows nothing")
    return left, top, wide, high


def _is_inside(section: Section, made: CameraPart, region: tuple[int, int, int, int]) -> None:
    lying = made.turn in {Turn.QUARTER, Turn.THREE_QUARTERS}
    wide, high = (made.height, made.width) if lying else (made.width, made.height)
    if region[0] + region[2] > wide or region[1] + region[3] > high:
        section.wrong("region", f"{list(region)} is not inside the upright picture, {wide} x {high} pixels")


def _light_mode(section: Section) -> int | None:
    return section.choice("white_balance", LightMode, LightMode.AUTO).number if section.has("white_balance") else None
