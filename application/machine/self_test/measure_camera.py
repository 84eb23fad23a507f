"""Measure the camera over an empty chute: its light, its focus, and what has come onto the lens since it was clean."""

from __future__ import annotations

from application.machine.self_test.tested import Sheet
from application.ports.hardware import CameraFailed, HardwareError
from application.ports.vision import VisionError
from domain.body.frame_quality import CONTRAST_TOLD, FOCUS_TOLD, Figures, spots
from domain.commissioning.lines import Verdict

PICTURES = 5
"""The one of middling brightness counts: a lamp flickers."""
PICTURE_S = 0.1
LENS = ("lens_contrast", "lens_focus", "lens_spots")


def measure_camera(sheet: Sheet, clean: Figures | None = None) -> Figures | None:
    """Write down what pictures of the empty chute are like, beside one by a `clean` lens; return what counts."""
    came, why = _pictures(sheet)
    if not came:
        sheet.silent("camera", why)
        _cannot(sheet, "camera", clean, "camera_brightness")
        return None
    sheet.number("camera", 1_000 * len(came) // PICTURES, "" if len(came) == PICTURES else str(why))
    seen = came[len(came) // 2]
    if sheet.number("camera_brightness", seen.brightness).verdict is Verdict.FAIL:
        _cannot(sheet, "camera_brightness", clean)
        return None
    sheet.number("camera_burnt", seen.burnt)
    sheet.number("camera_noise", seen.noise)
    sheet.number("ground_focus", seen.focus)
    if clean is not None:
        _lens(sheet, seen, clean)
    return seen


def _pictures(sheet: Sheet) -> tuple[list[Figures], Exception]:
    came: list[Figures] = []
    why: Exception = CameraFailed("")
    for _ in range(PICTURES):
        try:
            came.append(sheet.tested.measure(sheet.tested.camera.capture()))
        except (HardwareError, VisionError) as odd:
            why = odd
        sheet.tested.pause(PICTURE_S)
    return sorted(came, key=lambda one: one.brightness), why


def _cannot(sheet: Sheet, other: str, clean: Figures | None, *first: str) -> None:
    lens = () if clean is None else LENS
    for name in (*first, "camera_burnt", "camera_noise", "ground_focus", *lens):
        sheet.needs(name, other)


def _lens(sheet: Sheet, seen: Figures, clean: Figures) -> None:
    if clean.contrast >= CONTRAST_TOLD and seen.brightness:
        # Less light makes all of it darker alike: what a veil takes is contrast beside the brightness.
        was = clean.contrast * seen.brightness
        sheet.number("lens_contrast", 1_000 * seen.contrast * clean.brightness // was)
    if clean.focus >= FOCUS_TOLD and seen.contrast:
        # Edges grow with the square of the contrast: what is only paler is not softer.
        sheet.number("lens_focus", 1_000 * seen.focus * clean.contrast**2 // (clean.focus * seen.contrast**2))
    sheet.number("lens_spots", len(spots(seen, clean)), "of 48 parts of the picture")
