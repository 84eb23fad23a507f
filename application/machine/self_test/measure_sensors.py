"""Measure the sensors while nothing is in the chute: what they tell of nothing is their noise."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from application.machine.self_test.tested import Sheet
from application.ports.hardware import BinLevel, FittedBin, HardwareError, NoReading, NotFitted

LOOKS = 40
LOOK_S = 0.02
ECHOES = 12
ECHO_S = 0.21
"""A microcontroller measures five times a second."""


def measure_sensors(sheet: Sheet) -> None:
    """Write down what the sensors tell of an empty chute."""
    fitted = sheet.tested.fitted
    share_seen(sheet, "item_sensor_noise", sheet.tested.chute.present)
    if fitted.opening is not None:
        share_seen(sheet, "opening_noise", fitted.opening.dark)
    for one in fitted.bins:
        _echoes(sheet, one)
    if fitted.climate is not None:
        _air(sheet)
    if fitted.door is not None:
        try:
            sheet.number("door_open", int(fitted.door.is_open()))
        except NotFitted:
            pass
        except HardwareError as odd:
            sheet.silent("door_open", odd)


def share_seen(sheet: Sheet, name: str, seen: Callable[[], bool]) -> None:
    """Write down in how many of so many looks a sensor saw something, permille."""
    found = 0
    try:
        for _ in range(LOOKS):
            found += seen()
            sheet.tested.pause(LOOK_S)
    except NotFitted:
        return
    except HardwareError as odd:
        sheet.silent(name, odd)
    else:
        sheet.number(name, 1_000 * found // LOOKS)


def echoes(sheet: Sheet, level: BinLevel) -> list[int]:
    """Return the distances of the echoes that came, the shortest first. Raises HardwareError, not NoReading."""
    came = []
    for _ in range(ECHOES):
        with contextlib.suppress(NoReading):
            came.append(level.distance_mm())
        sheet.tested.pause(ECHO_S)
    return sorted(came)


def _echoes(sheet: Sheet, one: FittedBin) -> None:
    lost, spread = f"echo_lost.{one.name}", f"echo_spread.{one.name}"
    try:
        came = echoes(sheet, one.level)
    except HardwareError as odd:
        sheet.silent(lost, odd)
        sheet.needs(spread, lost)
        return
    sheet.number(lost, 1_000 * (ECHOES - len(came)) // ECHOES)
    if 2 * len(came) < ECHOES:
        sheet.needs(spread, lost)
        return
    middle = came[len(came) // 8], came[-1 - len(came) // 8]
    sheet.number(spread, middle[1] - middle[0], f"about {came[len(came) // 2]} mm")


def _air(sheet: Sheet) -> None:
    sensor = sheet.tested.fitted.climate
    assert sensor is not None
    try:
        air = sensor.climate()
    except HardwareError as odd:
        sheet.silent("air_temperature", odd)
        sheet.needs("air_humidity", "air_temperature")
        return
    sheet.number("air_temperature", air.millicelsius)
    sheet.number("air_humidity", air.humidity_permille)
