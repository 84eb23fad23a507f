"""Measure what takes somebody's hands: a hand in the chute, a bottle, the door, bins that are empty and full."""

from __future__ import annotations

import contextlib

from application.machine.self_test.measure_motion import RESTS_S
from application.machine.self_test.measure_sensors import echoes, share_seen
from application.machine.self_test.tested import HandInTheWay, Sheet
from application.ports.hardware import FittedBin, HardwareError, MotionFailed, NotFitted
from application.ports.vision import Frame, VisionError
from domain.body.frame_quality import Figures
from domain.commissioning.lines import Verdict
from domain.commissioning.safety import Danger
from domain.deposits.recognition import Box

PULL_S = 15.0
"""So long the door is waited for."""
LOOK_S = 0.1


def measure_hand(sheet: Sheet) -> None:
    """Write down whether a hand in the chute is seen. Nothing moves."""
    share_seen(sheet, "hand_seen", sheet.tested.chute.present)
    if sheet.tested.fitted.opening is not None:
        share_seen(sheet, "hand_at_opening", sheet.tested.fitted.opening.dark)


def measure_bottle(sheet: Sheet, clean: Figures | None, *, blind: bool) -> None:
    """Write down whether a bottle is seen, how sharp, where in the picture, and that it goes in and is counted.

    `blind`: the item sensor did not see a hand, so nobody need ask it for a bottle.
    """
    if blind:
        sheet.needs("item_seen", "hand_seen")
    else:
        share_seen(sheet, "item_seen", sheet.tested.chute.present)
    _picture(sheet, clean)
    _way(sheet)


def measure_door(sheet: Sheet) -> None:
    """Draw the bolt, and write down whether the door is told to be open once it is pulled."""
    door, tested = sheet.tested.fitted.door, sheet.tested
    if door is None:
        return
    try:
        opened = door.is_open()
        for _ in range(round(PULL_S / LOOK_S)):
            if opened:
                break
            door.unlock()
            tested.pause(LOOK_S)
            opened = door.is_open()
        door.lock()
    except NotFitted:
        sheet.untold("door_opens", "there is no contact that tells")
    except HardwareError as odd:
        sheet.silent("door_opens", odd)
    else:
        sheet.number("door_opens", int(opened))


def measure_bin(sheet: Sheet, one: FittedBin, *, full: bool) -> None:
    """Write down how much farther it is down to an empty bin, or to a board at its full mark, than the map says."""
    name, wanted = (f"bin_full.{one.name}", one.full_mm) if full else (f"bin_empty.{one.name}", one.empty_mm)
    try:
        came = echoes(sheet, one.level)
    except HardwareError as odd:
        sheet.silent(name, odd)
        return
    if not came:
        sheet.needs(name, f"echo_lost.{one.name}")
        return
    middle = came[len(came) // 2]
    sheet.number(name, middle - wanted, f"{middle} mm, and the map says {wanted} mm")


# ------------------------------------------------------------------ a bottle


def _picture(sheet: Sheet, clean: Figures | None) -> None:
    tested, seen = sheet.tested, ("item_focus", "item_region")
    try:
        frame = tested.camera.capture()
        figures = tested.measure(frame)
    except (HardwareError, VisionError) as odd:
        sheet.silent("camera_changes", odd)
        for name in seen:
            sheet.needs(name, "camera_changes")
        return
    if clean is None:
        sheet.needs("camera_changes", "ground_focus")
    else:
        changed = sheet.number("camera_changes", int(figures.fingerprint != clean.fingerprint))
        if changed.verdict is Verdict.FAIL:
            for name in seen:
                sheet.needs(name, "camera_changes")
            return
    sheet.number("item_focus", figures.focus)
    _region(sheet, frame)


def _region(sheet: Sheet, frame: Frame) -> None:
    try:
        seen = sheet.tested.recognise(frame)
    except VisionError as odd:
        sheet.silent("item_region", odd)
        return
    if seen.box is None:
        sheet.number("item_region", -1, "no item was found in the picture")
    else:
        said = f"{seen.label.value if seen.label else 'something'}, as the model sees it"
        sheet.number("item_region", _margin(seen.box, frame), said)


def _margin(box: Box, frame: Frame) -> int:
    """Return how far the item is from the nearest edge of the picture, permille of its shorter side."""
    nearest = min(box.x0, box.y0, frame.width - box.x1, frame.height - box.y1)
    return 1_000 * nearest // min(frame.width, frame.height)


def _way(sheet: Sheet) -> None:
    tested, name = sheet.tested, "item_way"
    if (why := sheet.danger(with_item=True)) is not None:
        sheet.unsafe(name, why.value)
        return
    said = ""
    try:
        before = tested.chute.counters()
        try:
            tested.halting.move(tested.chute.take_in)
        except HandInTheWay:
            sheet.unsafe(name, Danger.HAND.value)
            return
        except MotionFailed as odd:
            said = str(odd)
            with contextlib.suppress(HardwareError):
                tested.chute.halt()
        tested.pause(RESTS_S)
        after = tested.chute.counters()
    except HardwareError as odd:
        sheet.silent(name, odd)
        return
    went_in, came_out = after.passed_in > before.passed_in, after.passed_out > before.passed_out
    sheet.number(name, int(went_in) - int(came_out), said)
